// Runs before anything is drawn, so that no page flashes white at night. Light, dark, or what the system says.
(function () {
  "use strict";
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  var phone = window.matchMedia("(max-width: 767.98px)");
  var words = { auto: "Colours: automatic", light: "Colours: light", dark: "Colours: dark" };
  function chosen() {
    try { return window.localStorage.getItem("fitboard-mode") || "auto"; } catch (error) { return "auto"; }
  }
  function mode() {
    var choice = chosen();
    return choice === "auto" ? (system.matches ? "dark" : "light") : choice;
  }
  function show() { document.documentElement.setAttribute("data-bs-theme", mode()); }
  // What is seen here, told to the server by a cookie too: it draws the first page before anything runs (dashboard/first.py).
  function screen() {
    var name = mode() + (phone.matches ? ".phone" : "");
    var secure = window.location.protocol === "https:" ? "; secure" : "";
    document.cookie = "fitboard-screen=" + name + "; path=/; max-age=31536000; samesite=lax" + secure;
    return { name: name, mode: mode(), phone: phone.matches };
  }
  window.fitboardMode = {
    chosen: chosen,
    said: function () { return words[chosen()]; },
    screen: screen,
    phone: phone,
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
  var root = document.documentElement;
  if (screen().name !== root.getAttribute("data-screen")) { root.classList.remove("fb-first"); }
})();
