// A drag along the days of a picture writes them into the address, and the page is drawn for them with all their detail
// (dashboard/cards.py, graph: data-zoom). A double click takes them out again. On a phone the range is fixed.
(function () {
  "use strict";
  var DAY = 86400000, LEAST = 3;
  var no = function () { return window.dash_clientside.no_update; };

  function at(text) { return Date.parse(String(text).replace(" ", "T").replace(/(T\d\d:\d\d).*$/, "$1") + (/\d[T ]\d/.test(text) ? "Z" : "")); }
  function day(ms) { return new Date(ms).toISOString().slice(0, 10); }

  // Whether that is the range the picture began with: where plotly goes after a double click.
  function begun(plot, first, last) {
    var axis = plot && plot._fullLayout && plot._fullLayout.xaxis;
    return !!axis && at(axis._rangeInitial0) === first && at(axis._rangeInitial1) === last;
  }

  // (what was done to the pictures, the query so far) -> the query with the days that were chosen
  window.dash_clientside.fitboard.zoomed = function (_done, search) {
    var query = new URLSearchParams(search || "");
    var changed = false;
    (window.dash_clientside.callback_context.triggered || []).forEach(function (each) {
      var box = document.getElementById(each.prop_id.slice(0, each.prop_id.lastIndexOf(".")));
      var place = box && box.closest("[data-zoom]");
      var done = each.value || {};
      var back = "xaxis.range" in done || "xaxis.autorange" in done;
      if (!place || !(back || "xaxis.range[0]" in done)) { return; }
      var first = at(done["xaxis.range[0]"]), last = at(done["xaxis.range[1]"]);
      if (back || !(last > first) || begun(box.querySelector(".js-plotly-plot"), first, last)) {
        changed = changed || query.has("first") || query.has("last");
        query.delete("first");
        query.delete("last");
        return;
      }
      var short = LEAST * DAY - (last - first);
      if (short > 0) { first -= short / 2; last += short / 2; }
      var until = place.getAttribute("data-zoom");
      query.set("first", day(first));
      if (day(last) < until) { query.set("last", day(last)); } else { query.delete("last"); }
      changed = true;
    });
    return changed ? (query.toString() ? "?" + query.toString() : "") : no();
  };
})();
