// What is tapped on a session's form (dashboard/sessionform.py) is written down here at once, with the fields as they stand, and is sent
// until the draft says that it holds it: an answer may be late, lost, or thrown away for a later one. dashboard/asks.py carries it out.
(function () {
  "use strict";
  var KEPT = "asks";
  var elsewhere = {};  // of a session that is edited, and where a browser keeps nothing: it goes with the page
  var taken = {};      // the last tap that each draft holds
  var made = {};       // what was tapped here, by number
  var typed = {};      // fields somebody typed in since the exercise was named
  var timer = null, wait = 0, saved = 0;
  var no = function () { return window.dash_clientside.no_update; };

  function form() { return document.querySelector("[data-place]"); }
  function place(of) { return JSON.parse(of.getAttribute("data-place")); }
  function value(field) {
    if (field.type !== "number") { return field.value; }
    return isNaN(field.valueAsNumber) ? null : field.valueAsNumber;
  }
  function valueOf(id) {
    var field = document.getElementById(id);
    return field ? value(field) : undefined;
  }

  // The taps that are not known to be carried out, of the draft on this device ("") or of a session that is edited.
  function open(of) {
    if (of === "") {
      try { return JSON.parse(window.localStorage.getItem(KEPT)) || []; } catch (error) { /* private window, or not ours */ }
    }
    return elsewhere[of] || [];
  }
  function keep(of, list) {
    elsewhere[of] = list;
    if (of === "") {
      try { window.localStorage.setItem(KEPT, JSON.stringify(list)); } catch (error) { /* private window: this visit only */ }
    }
  }

  function send() {
    var here = form();
    if (!here) { return; }
    var of = place(here).of, list = open(of);
    if (list.length) { window.dash_clientside.set_props("asks", { data: { of: of, asks: list } }); }
  }

  // Whoever waits longer than a moment is told; and what the server did not get is sent again, less and less often.
  function watch(ms) {
    window.clearTimeout(timer);
    wait = ms;
    timer = window.setTimeout(function () {
      var here = form(), list = here ? open(place(here).of) : [];
      if (!list.length) { return; }
      say(list.length > 1 ? list.length + " taps are on their way. They are kept on this device." : "On its way. It is kept on this device.");
      if (wait > 1000) { send(); }
      watch(Math.min(Math.max(wait * 2, 4000), 64000));
    }, ms);
  }
  function say(text) {
    var line = document.getElementById("asks-said");
    if (line && line.textContent !== text) { window.dash_clientside.set_props("asks-said", { children: text }); }
  }

  function ask(what, more) {
    var here = form();
    if (!here) { return; }
    var where = place(here), of = where.of, list = open(of), last = list[list.length - 1];
    var fields = {};
    here.querySelectorAll("input[id], select[id], textarea[id]").forEach(function (field) { fields[field.id] = value(field); });
    if (what !== "save" || !last || last.what !== "save") {  // a second tap on Save, while the first is on its way, is the same one
      var n = Math.max(Date.now(), (last ? last.n : 0) + 1, (taken[of] || 0) + 1);
      var mark = n.toString(36) + Math.random().toString(36).slice(2, 10);
      made[n] = Object.assign({ n: n, mark: mark, what: what, place: where, fields: fields }, more);
      keep(of, list.concat([made[n]]));
    }
    send();
    watch(600);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-place] button") : null;
    if (!button) { return; }
    if (button.id === "set-done") { ask("set"); }
    if (button.id === "repeat") { ask("repeat"); }
    if (button.id === "lifting-save" && Date.now() - saved > 1000) {  // a second tap may meet the form that comes after this one
      saved = Date.now();
      ask("save");
    }
    if (button.hasAttribute("data-unset")) { ask("unset", { unset: button.getAttribute("data-unset") }); }
    if (button.hasAttribute("data-step")) { typed[JSON.parse(button.getAttribute("data-for"))] = true; }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && event.target.id === "log-load" && !event.repeat && !event.isComposing) { ask("set"); }
  });
  document.addEventListener("input", function (event) {
    if (event.target.id === "log-exercise") { typed = {}; } else { typed[event.target.id] = true; }
  }, true);
  window.addEventListener("online", send);

  Object.assign(window.dash_clientside.fitboard, {
    // (when the draft changed, the draft): what it holds is forgotten here; what it does not hold is sent
    carried: function (_when, draft) {
      var of = draft && draft.id ? draft.id + "@" + draft.version : "";
      taken[of] = draft && draft.taken || 0;
      var list = open(of), left = list.filter(function (each) { return each.n > taken[of]; });
      if (left.length < list.length) { keep(of, left); }
      if (!left.length) { say(""); return no(); }
      watch(wait || 600);
      return { of: of, asks: left };
    },
    // (the answer) -> what is wrong, and fields: those of the set that is done are emptied, those of a session repeated filled in
    received: function (told) {
      var done = made[told.done], again = made[told.repeated];
      function unless(tap, id, wanted) { return tap && wanted !== undefined && tap.fields[id] === valueOf(id) ? wanted : no(); }
      Object.keys(made).forEach(function (n) { if (n <= Math.max(told.done, told.repeated)) { delete made[n]; } });
      return [
        told.said, unless(done, "log-rpe", ""), unless(done, "log-note", ""),
        unless(again, "session-name", told.about.name), unless(again, "session-rounds", told.about.rounds)
      ];
    },
    // (the first set of last time) -> repetitions and load
    prefilled: function (last) {
      if ((valueOf("log-exercise") || "").trim() !== last.exercise) { return [no(), no()]; }
      return [typed["log-reps"] ? no() : last.reps, typed["log-load"] ? no() : last.load];
    }
  });
})();
