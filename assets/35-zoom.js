// A drag along the days of a picture writes them into the address, and the page is drawn for them with all their detail
// (dashboard/cards.py, graph: data-zoom). A double click takes them out again. On a phone the range is fixed.
(function () {
  "use strict";
  var DAY = 86400000, LEAST = 3;

  function at(text) { return Date.parse(String(text).replace(" ", "T").replace(/(T\d\d:\d\d).*$/, "$1") + (/\d[T ]\d/.test(text) ? "Z" : "")); }
  function day(ms) { return new Date(ms).toISOString().slice(0, 10); }

  // Whether that is the range the picture began with: where plotly goes after a double click.
  function begun(plot, first, last) {
    var axis = plot._fullLayout && plot._fullLayout.xaxis;
    return !!axis && at(axis._rangeInitial0) === first && at(axis._rangeInitial1) === last;
  }

  // (the picture, what was done to it): the days that were chosen go into the query
  window.fitboard.zoomed = function (plot, done) {
    var place = plot.closest("[data-zoom]");
    var back = "xaxis.range" in done || "xaxis.autorange" in done;
    if (!place || !(back || "xaxis.range[0]" in done)) { return; }
    var query = new URLSearchParams(window.location.search);
    var first = at(done["xaxis.range[0]"]), last = at(done["xaxis.range[1]"]);
    if (back || !(last > first) || begun(plot, first, last)) {
      if (!query.has("first") && !query.has("last")) { return; }
      query.delete("first");
      query.delete("last");
    } else {
      var short = LEAST * DAY - (last - first);
      if (short > 0) { first -= short / 2; last += short / 2; }
      query.set("first", day(first));
      if (day(last) < place.getAttribute("data-zoom")) { query.set("last", day(last)); } else { query.delete("last"); }
    }
    window.dash_clientside.set_props("address", { search: query.toString() ? "?" + query.toString() : "" });
  };
})();
