// Paper is light and narrow: before a page is printed its pictures are made as wide as a sheet and put into the light palette,
// whatever they were drawn in; afterwards they are as they were. All at once, because a browser does not wait for a server here.
(function () {
  "use strict";
  var WIDTH = 660, SHARES = [1, 0.36];  // inside a card on A4 and Letter; a role in full and as dashboard/theme.py tints it
  var changed = null;

  function roles(mode) {
    var probe = document.createElement("div");
    probe.setAttribute("data-bs-theme", mode);
    document.body.appendChild(probe);
    var style = window.getComputedStyle(probe), found = {};
    ["page", "card", "sunk", "line", "edge", "ink", "ink-2", "ink-3", "body", "run", "lift", "sleep", "next", "toward", "away", "bad"]
      .forEach(function (role) { found[role] = numbers(style.getPropertyValue("--fb-" + role).trim()); });
    probe.remove();
    return found;
  }
  function numbers(colour) {
    if (colour.charAt(0) === "#") { return [1, 3, 5].map(function (at) { return parseInt(colour.slice(at, at + 2), 16); }); }
    var found = colour.match(/^rgba?\((\d+), ?(\d+), ?(\d+)/);
    return found ? found.slice(1, 4).map(Number) : null;
  }
  function mix(top, under, share) { return top.map(function (each, at) { return each * share + under[at] * (1 - share); }); }

  // Dark colours beside the light ones of the same role and share, taken while the screen still is one.
  function table() {
    var dark = roles("dark"), light = roles("light"), pairs = [];
    SHARES.forEach(function (share) {
      Object.keys(dark).forEach(function (role) {
        pairs.push([mix(dark[role], dark.card, share), mix(light[role], light.card, share)]);
      });
    });
    return pairs;
  }
  function onPaper(colour, pairs) {
    var from = numbers(colour);
    var pair = from && pairs.find(function (each) {
      return each[0].every(function (value, at) { return Math.abs(value - from[at]) <= 1; });
    });
    return pair ? "rgb(" + pair[1].map(Math.round).join(",") + ")" : null;
  }

  function plots() { return Array.prototype.slice.call(document.querySelectorAll("#page .js-plotly-plot")); }
  function recolour(pairs) {
    document.querySelectorAll("#page .main-svg *").forEach(function (each) {
      ["fill", "stroke"].forEach(function (what) {
        var colour = each.style && each.style[what] && onPaper(each.style[what], pairs);
        if (colour) {
          changed.push([each, what, each.style[what]]);
          each.style[what] = colour;
        }
      });
    });
  }

  var pairs = null;
  function know() { pairs = pairs || table(); }
  function before() {
    if (changed) { return; }
    changed = [];
    if (window.Plotly) { plots().forEach(function (each) { window.Plotly.relayout(each, { width: WIDTH, autosize: false }); }); }
    if (document.documentElement.getAttribute("data-bs-theme") === "dark") { recolour(pairs); }
  }
  function after() {
    (changed || []).forEach(function (each) { each[0].style[each[1]] = each[2]; });
    changed = null;
    if (window.Plotly) { plots().forEach(function (each) { window.Plotly.relayout(each, { width: null, autosize: true }); }); }
  }
  // The palette is read while the screen is one: on paper both are light.
  if (document.body) { know(); } else { document.addEventListener("DOMContentLoaded", know); }
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  window.matchMedia("print").addEventListener("change", function (now) { if (now.matches) { before(); } else { after(); } });
})();
