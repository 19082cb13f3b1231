// Paper is light and narrow: before a page is printed its pictures are made as wide as a sheet and put into the light palette,
// whatever they were drawn in; afterwards they are as they were. All at once, because a browser does not wait for a server here.
(function () {
  "use strict";
  var WIDTH = 660;  // inside a card on A4 and Letter
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

  // What dark colours become, taken while the screen still is one. A figure shows a role in full or mixed with card or ink
  // (dashboard/theme.py, tint): a place on the way between two roles, which is the same place on the light way.
  function ways() {
    var dark = roles("dark"), light = roles("light");
    var found = Object.keys(dark).map(function (role) { return { dark: [dark[role], dark[role]], light: [light[role], light[role]] }; });
    ["body", "run", "lift", "sleep", "next", "toward", "away", "bad"].forEach(function (role) {
      ["card", "ink"].forEach(function (under) {
        found.push({ dark: [dark[under], dark[role]], light: [light[under], light[role]] });
      });
    });
    return found;
  }
  function far(one, other) { return Math.max.apply(null, one.map(function (value, at) { return Math.abs(value - other[at]); })); }
  // How far along the way from the first to the second colour the nearest one stands: 0 to 1.
  function along(way, colour) {
    var long = 0, up = 0;
    way[0].forEach(function (start, at) {
      long += (way[1][at] - start) * (way[1][at] - start);
      up += (way[1][at] - start) * (colour[at] - start);
    });
    return long ? Math.min(Math.max(up / long, 0), 1) : 1;
  }
  function onPaper(colour, all) {
    var from = numbers(colour), best = null, least = 2.5;  // what rounding makes of it
    if (!from) { return null; }
    all.forEach(function (way) {
      var share = along(way.dark, from), off = far(mix(way.dark[1], way.dark[0], share), from);
      if (off < least) {
        least = off;
        best = mix(way.light[1], way.light[0], share);
      }
    });
    return best ? "rgb(" + best.map(Math.round).join(",") + ")" : null;
  }

  function plots() { return Array.prototype.slice.call(document.querySelectorAll("#page .js-plotly-plot")); }
  function recolour(all) {
    document.querySelectorAll("#page .main-svg *").forEach(function (each) {
      ["fill", "stroke"].forEach(function (what) {
        var colour = each.style && each.style[what] && onPaper(each.style[what], all);
        if (colour) {
          changed.push([each, what, each.style[what]]);
          each.style[what] = colour;
        }
      });
    });
  }

  var known = null;
  function know() { known = known || ways(); }
  function before() {
    if (changed) { return; }
    changed = [];
    if (window.Plotly) { plots().forEach(function (each) { window.Plotly.relayout(each, { width: WIDTH, autosize: false }); }); }
    if (document.documentElement.getAttribute("data-bs-theme") === "dark") { recolour(known); }
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
