// Starts the page: the phone's store, the key from the address, the words, the screens.

import { countScreen, formScreen } from "./forms.js";
import { consentScreen, declinedScreen, homeScreen, keyScreen, settingsScreen } from "./home.js";
import { makeOutbox } from "./outbox.js";
import { makeRecorder } from "./recorder.js";
import { reviewScreen, rideScreen, startScreen } from "./ride.js";
import { keepConsent } from "./rides.js";
import { openStore } from "./store.js";
import { makeWords } from "./words.js";

const page = JSON.parse(document.getElementById("page").textContent);
const main = document.getElementById("app");
const screens = {
  home: homeScreen, consent: consentScreen, declined: declinedScreen, settings: settingsScreen, key: keyScreen,
  form: formScreen, count: countScreen, start: startScreen, ride: rideScreen, review: reviewScreen,
};

// The key comes behind a # so that no log ever holds it, and leaves the address at once.
function takeKey() {
  const found = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname);
  return { key: found.get("key"), consent: found.get("consent") };
}

async function wordsFor(language) {
  const chosen = language in page.languages ? language : page.language;
  const book = chosen === page.language ? page.words : await (await fetch(page.books[chosen])).json();
  return makeWords(chosen, chosen === "ar" ? "rtl" : "ltr", book);
}

async function makeApp(store) {
  const app = { page, store, screens, t: null, install: null, fresh: null };
  let shown = null;
  let turn = 0;
  const others = new BroadcastChannel(`commonway-collect-${page.slug}`);

  function refresh() { shown?.update?.(); }
  app.changed = () => { refresh(); others.postMessage("changed"); };
  others.onmessage = refresh;
  app.recorder = makeRecorder({ store, slug: page.slug, changed: refresh });
  app.outbox = makeOutbox({ store, slug: page.slug, key: () => store.setting("key"), changed: app.changed });

  app.openRide = async () => (await store.all("rides")).find((one) => one.state === "recording");
  app.unsent = async () => {
    const all = [...(await store.all("rides")), ...(await store.all("reports")).filter((one) => one.ride === null)];
    const count = (state) => all.filter((one) => one.state === state && !one.test).length;
    return { ended: count("ended"), queued: count("queued"), sent: count("sent"), refused: count("refused"), recording: count("recording"), all: all.length };
  };

  async function show(name, params) {
    const mine = (turn += 1);
    const next = await screens[name](app, params);
    if (mine !== turn) { next.leave?.(); return; }
    shown?.leave?.();
    shown = next;
    main.replaceChildren(next.element);
    main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, 0);
    document.title = `${main.querySelector("h1").textContent} · ${page.city}`;
    next.ready?.();
  }
  app.go = (name, params = {}, replace = false) => {
    history[replace ? "replaceState" : "pushState"]({ name, params }, "");
    return show(name, params);
  };
  addEventListener("popstate", ({ state }) => show(state?.name ?? "home", state?.params ?? {}));
  app.again = () => show(history.state?.name ?? "home", history.state?.params ?? {});

  app.setSize = (size) => {
    document.documentElement.dataset.size = size;
    return store.set("size", size);
  };
  app.setLanguage = async (language) => {
    app.t = await wordsFor(language);
    Object.assign(document.documentElement, { lang: language, dir: app.t.direction });
    await store.set("language", language);
    return app.again();
  };
  return app;
}

async function keepLines(store) {
  const fill = (lines) => document.getElementById("lines").replaceChildren(...lines.map((line) => new Option("", line)));
  fill((await store.setting("lines")) ?? []);
  const answer = await fetch(page.lines).catch(() => null);
  if (!answer?.ok) return;
  const { lines } = await answer.json();
  await store.set("lines", lines);
  fill(lines);
}

async function keepPage(app) {
  if (!navigator.serviceWorker) return;
  const found = await navigator.serviceWorker.register(page.worker, { scope: page.scope, updateViaCache: "none" });
  const ready = (worker) => { if (worker && navigator.serviceWorker.controller) { app.fresh = worker; app.changed(); } };
  ready(found.waiting);
  found.addEventListener("updatefound", () => {
    const { installing } = found;
    installing.addEventListener("statechange", () => installing.state === "installed" && ready(installing));
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (app.fresh && !app.recorder.here.ride) location.reload(); });
}

async function begin() {
  const store = await openStore(`commonway-collect-${page.slug}`);
  const app = await makeApp(store);
  const given = takeKey();
  const held = await store.setting("key");
  const waiting = await store.count("outbox");
  if (given.key && (!held || !waiting)) await store.set("key", given.key);
  document.documentElement.dataset.size = (await store.setting("size")) ?? "normal";
  app.t = await wordsFor((await store.setting("language")) ?? page.language).catch(() => makeWords(page.language, document.documentElement.dir, page.words));
  Object.assign(document.documentElement, { lang: app.t.language, dir: app.t.direction });
  if (given.consent === page.consent && !(await store.setting("consent"))) {
    await keepConsent(store, { text_version: page.consent, language: app.t.language, at_ms: Date.now() }, false);
  }
  addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); app.install = event; app.changed(); });
  addEventListener("beforeunload", (event) => { if (app.recorder.here.ride) event.preventDefault(); });
  const other = given.key && held && waiting && given.key !== held;
  const first = !(await store.setting("consent")) ? "consent" : other ? "key" : "home";
  await app.go(first, other ? { key: given.key } : {}, true);
  app.outbox.flush();
  keepPage(app).catch(() => {});
  keepLines(store).catch(() => {});
}

begin().catch((error) => {
  // Without https browsers give pages neither positions nor a safe place to keep them.
  document.getElementById(isSecureContext ? "broken" : "insecure").hidden = false;
  console.error(error);
});
