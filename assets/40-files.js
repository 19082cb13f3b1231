// Dropped or chosen files, sent to the server piece by piece (dashboard/uploads.py); what becomes of them the page shows by itself.
(function () {
  "use strict";
  var PIECE = 8 * 1024 * 1024;
  var waiting = [];
  var busy = false;

  function zone(target) { return target && target.closest ? target.closest(".fb-drop") : null; }

  function say(text) {
    if (document.getElementById("upload-live")) { window.dash_clientside.set_props("upload-live", { children: text }); }
  }

  function look() {
    if (document.getElementById("upload-live")) {
      window.dash_clientside.set_props("jobs-poll", { disabled: false });
    } else {
      window.location.assign("/sources#files");
    }
  }

  function send(file, at, key) {
    var query = key ? "file=" + encodeURIComponent(key) + "&at=" + at
      : "name=" + encodeURIComponent(file.name) + "&size=" + file.size;
    return window.fetch("/sources/upload?" + query, {
      method: "POST", body: file.slice(at, at + PIECE), headers: { "Content-Type": "application/octet-stream" }
    }).then(function (answer) {
      if (answer.status === 401) { window.location.reload(); }
      return answer.json().then(function (told) {
        if (!answer.ok) { throw new Error(told.error || told.title || "The server did not take it."); }
        return told;
      });
    });
  }

  // A piece whose answer was lost is sent again, three times at most: the server knows it by its place.
  function patient(file, at, key, tries) {
    return send(file, at, key).catch(function (error) {
      if (!(error instanceof TypeError) || tries === 0 || !key) { throw error; }
      return new Promise(function (done) { window.setTimeout(done, 1500); }).then(function () { return patient(file, at, key, tries - 1); });
    });
  }

  function whole(file, at, key) {
    say("Sending " + file.name + (file.size > PIECE ? ": " + Math.floor(100 * at / file.size) + " %" : ""));
    return patient(file, at, key, 3).then(function (told) {
      return told.received < file.size ? whole(file, told.received, told.file) : told;
    });
  }

  function next() {
    if (busy || !waiting.length) { return; }
    busy = true;
    var file = waiting.shift();
    whole(file, 0, null).then(function () {
      say("");
      look();
    }, function (error) {
      say(file.name + " was not sent. " + (error instanceof TypeError ? "The server could not be reached." : error.message));
    }).then(function () { busy = false; next(); });
  }

  function take(list) {
    Array.prototype.forEach.call(list, function (file) { waiting.push(file); });
    next();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-choose=files]") : null;
    if (!button) { return; }
    var input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.addEventListener("change", function () { take(input.files); });
    input.click();
  });

  document.addEventListener("dragover", function (event) {
    var over = zone(event.target);
    // A file dropped beside the place would replace the page in the browser's window.
    event.preventDefault();
    if (over) { over.classList.add("over"); } else { event.dataTransfer.dropEffect = "none"; }
  });
  document.addEventListener("dragleave", function (event) {
    var over = zone(event.target);
    if (over && !over.contains(event.relatedTarget)) { over.classList.remove("over"); }
  });
  document.addEventListener("drop", function (event) {
    var over = zone(event.target);
    event.preventDefault();
    if (!over) { return; }
    over.classList.remove("over");
    take(event.dataTransfer.files);
  });
})();
