// Two days of the address, from and to (dashboard/controls.py, day_range). They are written together, once the typing has ended: a page
// that is drawn anew between the first and the second would take away what stands in the second.
(function () {
  "use strict";
  var WAIT = 800;
  var timers = new WeakMap();

  function typing(group) {
    var field = document.activeElement;
    return group.contains(field) && field.validity && !field.validity.valid;
  }

  function write(group) {
    var query = new URLSearchParams(window.location.search);
    var before = query.toString();
    group.querySelectorAll("input[id^='day-']").forEach(function (field) {
      var name = field.id.slice(4);
      if (!field.validity.valid) { return; }
      if (field.value) { query.set(name, field.value); } else { query.delete(name); }
    });
    if (query.toString() === before) { return; }
    window.dash_clientside.set_props("address", { search: query.toString() ? "?" + query.toString() : "" });
  }

  function settle(group) {
    window.clearTimeout(timers.get(group));
    timers.delete(group);
    if (typing(group)) { wait(group); } else { write(group); }
  }

  function wait(group) {
    window.clearTimeout(timers.get(group));
    timers.set(group, window.setTimeout(function () { if (group.isConnected) { settle(group); } }, WAIT));
  }

  ["input", "keydown"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var group = event.target.closest ? event.target.closest(".fb-days") : null;
      if (!group) { return; }
      if (kind === "keydown" && event.key === "Enter") { settle(group); } else if (kind === "input" || timers.has(group)) { wait(group); }
    }, true);
  });
  document.addEventListener("focusout", function (event) {
    var group = event.target.closest ? event.target.closest(".fb-days") : null;
    if (group && timers.has(group) && !group.contains(event.relatedTarget)) { settle(group); }
  });
})();
