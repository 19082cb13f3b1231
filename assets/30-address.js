// What the browser does by itself: say how it looks, keep choices in the address, mark where we are. No page logic.
(function () {
  "use strict";
  var no = function () { return window.dash_clientside.no_update; };

  function screenNow() {
    var now = window.fitboardMode.screen();
    return { mode: now.mode, phone: now.phone };
  }

  // Fields of a form that somebody has begun to fill in: a page that is drawn anew because a phone was turned, or dusk has come, would
  // empty them. Its colours change at once, the rest when the page is drawn for another reason.
  var begun = [], late = false;
  function begin(event) {
    if (event.target.closest && event.target.closest("#page .fb-form, #page .fb-asideopen")) { begun.push(event.target); }
  }
  function typing() {
    begun = begun.filter(function (field) { return field.isConnected; });
    late = begun.length > 0;
    return late;
  }
  document.addEventListener("input", begin, true);

  function redraw() {
    if (window.matchMedia("print").matches) { return; }  // paper is narrow, but no phone: assets/36-print.js
    window.fitboardMode.show();
    var now = screenNow();
    if (!typing()) { window.dash_clientside.set_props("screen", { data: now }); }
  }
  window.fitboardMode.phone.addEventListener("change", redraw);
  window.fitboardMode.system.addEventListener("change", redraw);

  function remember(key, value) {
    try { window.localStorage.setItem(key, value); } catch (error) { /* private window */ }
  }
  function remembered(key) {
    try { return window.localStorage.getItem(key); } catch (error) { return null; }
  }

  function markPlace() {
    var path = window.location.pathname.replace(/\/+$/, "") || "/";
    document.querySelectorAll(".fb-entry").forEach(function (entry) {
      var link = entry.querySelector("a");
      var also = (entry.getAttribute("data-also") || "").split(" ");
      var here = entry.getAttribute("data-path") === path || also.indexOf(path) >= 0;
      if (!link) { return; }
      link.classList.toggle("active", here);
      if (here) { link.setAttribute("aria-current", "page"); } else { link.removeAttribute("aria-current"); }
      if (also.indexOf(path) >= 0) { remember("fitboard-training", path); }
    });
    var training = remembered("fitboard-training");
    if (training === "/running" || training === "/strength") {
      var way = document.querySelector(".fb-entry[data-also] a");
      if (way && way.getAttribute("href") !== training) { window.dash_clientside.set_props({ nav: "tab", path: "/running" }, { href: training }); }
    }
  }

  var lastPath = null;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    fitboard: {
      // (clicks of the mode buttons, the screen so far) -> the screen, the words on the buttons
      screen: function (clicks, before) {
        if (clicks.some(Boolean) && before) { window.fitboardMode.next(); }
        var said = window.fitboardMode.said();
        var now = screenNow();
        return [before && typing() ? no() : now, clicks.map(function () { return said; })];
      },
      // a page was drawn: its title, where we are, and where on it
      arrived: function (title) {
        if (title) { document.title = title; }
        begun = [];
        if (late) { redraw(); }
        window.fitboard.handOver();
        markPlace();
        var path = window.location.pathname;
        var hash = decodeURIComponent(window.location.hash.slice(1));
        if (hash) {
          window.requestAnimationFrame(function () {
            var place = document.getElementById(hash);
            if (place) { place.scrollIntoView(); }
          });
        } else if (lastPath !== null && lastPath !== path) {
          window.scrollTo(0, 0);
        }
        lastPath = path;
        document.documentElement.setAttribute("data-arrived", path + window.location.search);
        return no();
      },
      // a list or a number of the page changed: its value into the address, from which the page is drawn
      choose: function (values, search) {
        var query = new URLSearchParams(search || "");
        var triggered = window.dash_clientside.callback_context.triggered || [];
        var changed = false;
        triggered.forEach(function (each) {
          var id = each.prop_id.slice(0, each.prop_id.lastIndexOf("."));
          // A control that was only just drawn reports the value it was drawn with: only what a person touched is a choice.
          if (!touched[id]) { return; }
          delete touched[id];
          var field = document.getElementById(id);
          if (field && field.validity && !field.validity.valid) { return; }
          var name = JSON.parse(id).choice;
          var value = each.value === null || each.value === undefined ? "" : String(each.value);
          if ((query.get(name) || "") === value) { return; }
          if (value === "") { query.delete(name); } else { query.set(name, value); }
          changed = true;
        });
        return changed ? "?" + query.toString() : no();
      }
    }
  });
  var touched = {};
  ["input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) { if (event.target.id) { touched[event.target.id] = true; } }, true);
  });

  // A field one searches by typing: what is picked from its list counts at once, what is not on the list does not count.
  function listed(field) {
    return field.list && Array.prototype.some.call(field.list.options, function (each) { return each.value === field.value; });
  }
  document.addEventListener("focusin", function (event) {
    if (event.target.matches && event.target.matches("input.fb-search")) { event.target.select(); }
  });
  document.addEventListener("input", function (event) {
    var field = event.target;
    if (!field.matches || !field.matches("input.fb-search") || !listed(field)) { return; }
    var id = field.id.charAt(0) === "{" ? JSON.parse(field.id) : field.id;
    window.dash_clientside.set_props(id, { value: field.value });
  });

  // The buttons either side of a number (dashboard/controls.py, stepper): quick taps end in one change.
  var waiting = {};
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("button[data-step]") : null;
    if (!button) { return; }
    begin(event);
    var field = button.parentElement.querySelector("input");
    var key = button.getAttribute("data-for");
    var step = parseFloat(button.getAttribute("data-step"));
    var at = waiting[key] ? waiting[key].value : parseFloat(field.value || "0");
    var value = Math.round((at + step) * 1000) / 1000;
    if (field.min !== "" && value < parseFloat(field.min)) { value = parseFloat(field.min); }
    if (field.max !== "" && value > parseFloat(field.max)) { value = parseFloat(field.max); }
    if (waiting[key]) { window.clearTimeout(waiting[key].timer); }
    field.value = value;
    waiting[key] = {
      value: value,
      timer: window.setTimeout(function () {
        delete waiting[key];
        touched[field.id] = true;
        window.dash_clientside.set_props(JSON.parse(key), { value: value });
      }, 350)
    };
  });

  // Whoever presses another button at once means the number as it stands now, not as it stood a third of a second ago.
  function settle(event) {
    if (event.target.closest && event.target.closest("button[data-step]")) { return; }
    Object.keys(waiting).forEach(function (key) {
      var value = waiting[key].value;
      window.clearTimeout(waiting[key].timer);
      delete waiting[key];
      window.dash_clientside.set_props(JSON.parse(key), { value: value });
    });
  }
  document.addEventListener("pointerdown", settle, true);
  document.addEventListener("keydown", settle, true);

  if ("serviceWorker" in navigator && window.isSecureContext) {
    window.addEventListener("load", function () { navigator.serviceWorker.register("/sw.js").catch(function () { /* offline page only */ }); });
  }
})();
