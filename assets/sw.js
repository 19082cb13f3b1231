// When the network is gone, say so instead of failing. Nothing of the ledger is kept here.
"use strict";
const KEPT = "fitboard-1";
const FILES = ["/assets/offline.html", "/assets/00-bootstrap.min.css", "/assets/10-tokens.css", "/assets/20-shell.css", "/assets/mode.js"];
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))));
  event.waitUntil(others.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => caches.match("/assets/offline.html")));
  } else if (event.request.method === "GET" && FILES.includes(path)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request, { ignoreSearch: true })));
  }
});
