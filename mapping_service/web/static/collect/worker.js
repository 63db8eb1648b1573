// Keeps one whole version of the page on the phone. VERSION, PAGE and FILES stand before this text when it is served.
// A new version is fetched whole beside the old one and takes over when no tab runs the old one, or when the page asks.

const CACHE = `commonway-collect ${PAGE} ${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = FILES.map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  const ours = (name) => name.startsWith(`commonway-collect ${PAGE} `) && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(ours).map((name) => caches.delete(name)))));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  const path = request.mode === "navigate" && pathname.replace(/\/$/, "") === PAGE ? PAGE : pathname;
  if (request.method !== "GET" || origin !== location.origin || !FILES.includes(path)) return;
  event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(path)) ?? fetch(request)));
});
