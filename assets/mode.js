// Runs before anything is drawn, so that no page flashes white at night. Light, dark, or what the system says.
(function () {
  "use strict";
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function chosen() {
    try { return window.localStorage.getItem("fitboard-mode") || "auto"; } catch (error) { return "auto"; }
  }
  function mode() {
    var choice = chosen();
    return choice === "auto" ? (system.matches ? "dark" : "light") : choice;
  }
  function show() { document.documentElement.setAttribute("data-bs-theme", mode()); }
  window.fitboardMode = {
    chosen: chosen,
    mode: mode,
    next: function () {
      var order = ["auto", "light", "dark"];
      var choice = order[(order.indexOf(chosen()) + 1) % order.length];
      try { window.localStorage.setItem("fitboard-mode", choice); } catch (error) { /* private window: this visit only */ }
      show();
      return choice;
    },
    system: system,
    show: show
  };
  // Dash names the whole of plotly.js (4.8 MB); the part that draws our charts is a third of that.
  var plotly = document.documentElement.getAttribute("data-plotly");
  if (plotly) {
    Object.defineProperty(window, "_dashPlotlyJSURL", { get: function () { return plotly; }, set: function () {} });
  }
  show();
})();
