// Buttons and fields that come and go with what a card shows (dashboard/presses.py): only what a person used is told to the server.
(function () {
  "use strict";
  var TWICE = 1000;  // two taps on one button within that are one: what it does is done once
  var used = {}, last = {};

  ["click", "input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var part = event.target.closest ? event.target.closest("[id^='{']") : null;
      if (part) { used[part.id] = true; }
    }, true);
  });

  window.dash_clientside.fitboard.pressed = function () {
    var now = Date.now(), found = null;
    (window.dash_clientside.callback_context.triggered || []).forEach(function (each) {
      var at = each.prop_id.lastIndexOf("."), id = each.prop_id.slice(0, at);
      if (!used[id]) { return; }
      delete used[id];
      if (each.prop_id.slice(at) === ".n_clicks") {
        if (!each.value || now - (last[id] || 0) < TWICE) { return; }
        last[id] = now;
      }
      found = { id: JSON.parse(id), value: each.value === undefined ? null : each.value, at: now };
    });
    return found || window.dash_clientside.no_update;
  };
})();
