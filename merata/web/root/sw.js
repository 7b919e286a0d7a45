/* Keeps the open pages that were seen, so that they can be read without a link. What is newer on the site comes first. */
"use strict";
const KEPT = "merata-1";
const MOST = 80;
const PATIENCE_MS = 8000;
const OPEN = /^\/(en\/)?($|desa\/|kecamatan\/|penyedia\/|rencana\/|anggaran\/|kesenjangan\/|bidang\/|cara\/|data\/$|lapor\/)/;
/* Files whose names change with what they hold. */
const NAMED = /^\/static\/.+\.[0-9a-f]{12}\.\w+$/;
const WORDS = {
  id: ["Sedang tidak ada sinyal", "Halaman ini belum pernah dibuka di telepon ini. Halaman yang pernah dibuka tetap bisa dibaca:", "Halaman depan"],
  en: ["No link at the moment", "This page was never opened on this phone. Pages that were opened can still be read:", "Home"]
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(clean()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (NAMED.test(url.pathname)) event.respondWith(file(event.request));
  else if (event.request.mode === "navigate" && OPEN.test(url.pathname)) event.respondWith(page(event));
});

async function clean() {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.clients.claim();
}

/* Files carry what they hold in their names: one that is kept is never out of date. */
async function file(request) {
  const kept = await caches.open(KEPT);
  return (await kept.match(request)) || keep(kept, request, await fetch(request));
}

async function page(event) {
  const kept = await caches.open(KEPT);
  const coming = fetch(event.request).then((answer) => keep(kept, event.request, answer));
  event.waitUntil(coming.catch(() => undefined));
  const there = await kept.match(event.request);
  if (!there) return coming.catch(() => none(event.request));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, there));
  return Promise.race([coming, patience]).catch(() => there);
}

async function keep(kept, request, answer) {
  if (answer.ok && !answer.redirected) {
    await kept.put(request, answer.clone());
    const keys = await kept.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => kept.delete(key)));
  }
  return answer;
}

async function none(request) {
  const language = new URL(request.url).pathname.startsWith("/en/") ? "en" : "id";
  const words = WORDS[language];
  const home = language === "en" ? "/en/" : "/";
  return new Response(
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${words[0]}</title><h1>${words[0]}</h1><p>${words[1]} <a href="${home}">${words[2]}</a></p>` +
      `<script>const again = () => location.reload(); addEventListener("online", again); setTimeout(again, 30000)</script></html>`,
    { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } }
  );
}
