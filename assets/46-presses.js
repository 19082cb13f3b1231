// Buttons and fields that come and go with what a card shows (dashboard/presses.py): only what a person used is told to the server.
(function () {
  "use strict";
  var TWICE = 1000;  // two taps on one button within that are one: what it does is done once
  var used = {}, last = {};

  ["click", "input", "change"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var part = event.target.closest ? event.target.closest("[id^='{']") : null;
      if (part) { used[part.id] = { part: part, at: Date.now() }; }
    }, true);
  });

  // (values of a pattern..., the press before) -> the press
  window.dash_clientside.fitboard.pressed = function () {
    var held = arguments[arguments.length - 1], found = null;
    (window.dash_clientside.callback_context.triggered || []).forEach(function (each) {
      var at = each.prop_id.lastIndexOf("."), id = each.prop_id.slice(0, at);
      var use = used[id];
      delete used[id];
      if (!use || use.part !== document.getElementById(id)) { return; }  // only just drawn, or drawn anew since
      var press = { id: JSON.parse(id), value: each.value === undefined ? null : each.value, at: use.at };
      if (each.prop_id.slice(at) === ".n_clicks") {
        if (!each.value) { return; }
        if (last[id] && use.at - last[id].at < TWICE) { press = last[id]; }
        last[id] = press;
      }
      found = press;
    });
    // The second of two taps takes the place of the first in Dash, too: it hands on the same press, unless that has arrived.
    return found && !(held && held.at === found.at) ? found : window.dash_clientside.no_update;
  };

  // A card that is drawn anew (the row before was answered) while somebody types in it (data-typing): the words stay in their field.
  var typing = null;
  var put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

  function write(field, text) {  // as a person does: React goes by its own setter
    put.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("input", function (event) {
    var field = event.target;
    if (field.id && field.closest("[data-typing]")) {
      typing = { field: field, id: field.id, text: field.value, from: field.selectionStart, focus: document.activeElement === field };
    }
  }, true);
  document.addEventListener("change", function (event) {
    var said = typing;
    if (!said || said.field !== event.target) { return; }
    // What was said is on its way. A field that is taken off the page says so, too: that one is not there any more a moment later.
    window.setTimeout(function () { if (typing === said && said.field.isConnected) { typing = null; } }, 0);
  }, true);
  new MutationObserver(function () {
    if (!typing || (typing.field.isConnected && typing.field.id === typing.id)) { return; }
    var was = typing, field = document.getElementById(was.id);
    typing = null;
    if (was.field.isConnected && was.field.value === was.text) { write(was.field, ""); }  // it serves another row now
    if (!field || field.value) { return; }
    if (was.focus) { field.focus(); }
    write(field, was.text);
    field.setSelectionRange(was.from, was.from);
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["id"] });
})();
