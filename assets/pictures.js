// What stands still (dashboard/still.py) and its pictures: put into the page as markup, drawn by plotly, kept while they are the
// same. The first page comes with the document: it is drawn before Dash is started, and handed over when Dash shows the same.
(function () {
  "use strict";
  var MOST = 36;  // pictures kept for the way back: those of all pages, and some looks at them besides
  var root = document.documentElement;
  var kept = new Map();  // chart and figure -> the drawn picture, oldest first
  var waiting = null;  // who waits for plotly
  var fitboard = window.fitboard = {};

  function load(address, done) {
    var script = document.createElement("script");
    script.src = address;
    script.onload = done;
    document.body.appendChild(script);
  }
  function withPlotly(then) {
    if (window.Plotly) { then(); return; }
    if (waiting) { waiting.push(then); return; }
    waiting = [then];
    load(root.getAttribute("data-plotly"), function () {
      var now = waiting;
      waiting = null;
      now.forEach(function (each) { each(); });
    });
  }

  // -- pictures --------------------------------------------------------------------------------------------------------------

  function fit(plot) {
    var full = plot._fullLayout;
    if (!full || plot.layout.autosize === false || !plot.clientWidth) { return; }
    if (Math.abs(full.width - plot.clientWidth) > 1 || Math.abs(full.height - plot.clientHeight) > 1) { window.Plotly.Plots.resize(plot); }
  }
  var sizes = new ResizeObserver(function (changed) { changed.forEach(function (each) { fit(each.target); }); });

  // Plotly finds the room for an axis' words by drawing the picture twice. The words are known, and soon measured.
  var ruler = null;
  function widest(axis, texts, layout) {
    var font = Object.assign({ size: 12, family: "sans-serif" }, layout.font, axis.tickfont);
    ruler = ruler || document.createElement("canvas").getContext("2d");
    ruler.font = font.size + "px " + font.family;
    return Math.max.apply(null, texts.map(function (each) {
      return ruler.measureText((axis.tickprefix || "") + String(each).replace(/<[^>]*>/g, "") + (axis.ticksuffix || "")).width;
    }));
  }
  function listed(figure) {
    var rows = figure.data.filter(function (each) { return each.orientation === "h" && Array.isArray(each.y); });
    return rows.length ? rows[0].y : null;
  }
  function room(figure) {
    var layout = figure.layout;
    Object.keys(layout).forEach(function (key) {
      var axis = layout[key], upward = /^yaxis/.test(key);
      if (!(/^[xy]axis\d*$/).test(key) || !axis.automargin || !layout.margin) { return; }
      var texts = axis.ticktext || (upward ? listed(figure) : null);
      if (!upward && (texts || axis.type === "date")) { axis.automargin = false; }  // as high as the figure says
      if (!upward || !texts || !texts.length || axis.side === "right") { return; }
      axis.automargin = false;
      layout.margin.l = Math.max(layout.margin.l || 0, Math.ceil(widest(axis, texts, layout)) + 9);
    });
  }

  function draw(plot, figure) {
    if (!plot.isConnected) { return; }  // replaced while plotly was on its way
    room(figure);
    window.Plotly.newPlot(plot, figure.data, figure.layout, figure.config);
    plot.on("plotly_relayout", function (done) {
      if (Object.keys(done).some(function (each) { return (/axis/).test(each); })) { plot.fitboardMoved = true; }
      if (fitboard.zoomed) { fitboard.zoomed(plot, done); }
    });
    sizes.observe(plot);
  }
  function forget() {
    kept.forEach(function (plot, key) {
      if (kept.size <= MOST || plot.isConnected) { return; }
      kept.delete(key);
      sizes.unobserve(plot);
      if (window.Plotly) { window.Plotly.purge(plot); }
    });
  }
  function place(host, text) {
    var key = host.getAttribute("data-chart") + text;
    var plot = kept.get(key);
    if (plot && plot.parentNode === host) { return; }
    kept.delete(key);
    if (plot && plot._fullLayout && !plot.fitboardMoved) {
      plot.querySelectorAll(".hoverlayer > *").forEach(function (each) { each.remove(); });
      host.replaceChildren(plot);
    } else {
      plot = document.createElement("div");
      plot.className = "js-plotly-plot";
      host.replaceChildren(plot);
      withPlotly(function () { draw(plot, JSON.parse(text)); });
    }
    kept.set(key, plot);
  }
  // The pictures of all places in `part`, by their order in `figures`.
  fitboard.show = function (part, figures) {
    var places = part.matches("[data-picture]") ? [part] : part.querySelectorAll("[data-picture]");
    places.forEach(function (each) { place(each, figures[Number(each.getAttribute("data-picture"))]); });
    if (kept.size > MOST) { forget(); }
  };

  // -- what stands still -----------------------------------------------------------------------------------------------------

  fitboard.Still = function (props) {
    var React = window.React, here = React.useRef(null);
    React.useLayoutEffect(function () {
      if (props.figures.length) { fitboard.show(here.current, props.figures); }
      if (here.current.closest("#page")) { fitboard.handOver(); }
    });
    var made = Object.assign({}, props.attributes, { ref: here });
    if (props.markup) { made.dangerouslySetInnerHTML = { __html: props.markup }; }
    return React.createElement(props.tag, made);
  };

  // A way to another page of ours, without a reload, as dcc.Link goes. Until Dash has started it is an ordinary link.
  document.addEventListener("click", function (event) {
    var way = event.target.closest && event.target.closest("a[data-way]");
    var held = event.metaKey || event.shiftKey || event.altKey || event.ctrlKey;
    if (!way || held || event.button || event.defaultPrevented || !fitboard.started || way.closest("#first")) { return; }
    event.preventDefault();
    window.history.pushState({}, "", way.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });

  // -- the first page --------------------------------------------------------------------------------------------------------

  // Dash shows the page: what came with the document goes, and its pictures are in their new places already.
  fitboard.handOver = function () {
    var first = document.getElementById("first");
    fitboard.started = true;
    if (first) {
      first.remove();
      root.classList.remove("fb-first");
    }
  };

  var begun = false;
  function start() {
    if (begun) { return; }
    begun = true;
    load(document.getElementById("_dash-renderer").getAttribute("data-src"));
  }
  if (!root.classList.contains("fb-first")) { start(); return; }
  var first = document.getElementById("first");
  first.querySelectorAll(".fb-modebutton span:last-child").forEach(function (each) { each.textContent = window.fitboardMode.said(); });
  var figures = Array.prototype.map.call(document.querySelectorAll(".first-figure"), function (each) { return each.textContent; });
  if (!figures.length) { start(); return; }
  // Whatever waits for the pictures goes first: Dash takes a tenth of a second of its own.
  function quiet(then) {
    if (window.requestIdleCallback) { window.requestIdleCallback(then, { timeout: 100 }); } else { then(); }
  }
  // Dash travels while the pictures are drawn, and runs when they are seen; a window in the background paints nothing.
  withPlotly(function () {
    var ahead = document.createElement("link");
    ahead.rel = "preload";
    ahead.as = "script";
    ahead.href = document.getElementById("_dash-renderer").getAttribute("data-src");
    document.head.appendChild(ahead);
  });
  fitboard.show(first, figures);
  withPlotly(function () {
    window.requestAnimationFrame(function () { window.setTimeout(function () { quiet(start); }); });
    window.setTimeout(start, 300);
  });
})();
