// What stands first: start a ride, tell something, see what has been sent; consent before anything; the settings.

import { button, h } from "./dom.js";
import { handOut } from "./export.js";
import { confirm, makeQueueLine, title, back } from "./parts.js";
import { sayReport } from "./ride.js";
import { keepConsent, sendAgain } from "./rides.js";
import { own } from "./words.js";

const SIZES = ["normal", "large", "huge"];

export function consentScreen(app) {
  const { t, store, page } = app;
  const agree = async () => {
    await keepConsent(store, { text_version: page.consent, language: t.language, at_ms: Date.now() }, true);
    app.outbox.flush();
    await navigator.storage?.persist?.();
    app.go("home", {}, true);
  };
  const why = ["what", "who", "control"].map((name) => h("li", {}, t(`consent.${name}`)));
  return { element: h("div", { class: "screen" }, title(t("consent.title", { city: page.city })), languages(app), h("ul", { class: "dots-list" }, why),
    button(t("consent.agree"), agree, "go huge"), button(t("consent.decline"), () => app.go("declined"), "plain wide")) };
}

export const declinedScreen = (app) => ({ element: h("div", { class: "screen" }, title(app.t("consent.declined")),
  h("p", {}, app.t("consent.declined_lead")), back(app)) });

function languages(app) {
  const { page, t } = app;
  const pick = h("select", { id: "language", onchange: () => app.setLanguage(pick.value) },
    Object.entries(page.languages).map(([code, name]) => h("option", { value: code, selected: code === t.language, lang: code }, name)));
  return h("div", { class: "question" }, h("label", { for: "language" }, t("settings.language")), pick);
}

async function notices(app) {
  const { t, store, recorder } = app;
  const rides = await store.all("rides");
  const open = rides.find((one) => one.state === "recording");
  const found = [];
  if (recorder.here.ride) found.push(button(t("home.to_ride"), () => app.go("ride"), "go"));
  else if (open && await recorder.elsewhere()) found.push(h("p", { class: "caution" }, t("home.elsewhere")));
  else if (open) {
    const last = open.last?.[0] ?? open.started_ms;
    found.push(h("div", { class: "caution" }, h("p", {}, t("home.interrupted", { time: t.clock(last), n: t.number(open.points) })),
      button(t("home.review"), () => app.go("review", { id: open.id }), "go")));
  }
  if (!(await store.setting("key"))) found.push(h("p", { class: "caution" }, t("home.no_key")));
  if (app.install) found.push(button(t("home.install"), () => { app.install.prompt(); app.install = null; }, "plain"));
  if (app.fresh && !recorder.here.ride) found.push(button(t("home.fresh"), () => app.fresh.postMessage("take over"), "plain"));
  return found;
}

async function things(app) {
  const { t, store } = app;
  const rides = (await store.all("rides")).filter((one) => one.state !== "recording").map((one) => ({ at: one.started_ms, state: one.test ? "test" : one.state,
    text: [one.test ? t("test.title") : (one.line && own(one.line)) || t("ride.title"), t.km(one.metres)].join(" · "), go: () => app.go("review", { id: one.id }) }));
  const told = (await store.all("reports")).filter((one) => one.ride === null)
    .map((one) => ({ at: one.report.t, state: one.state, text: sayReport(t, one.report), again: one.state === "refused" && one.id }));
  const again = async (id) => { await sendAgain(store, "reports", id); app.outbox.now(); };
  const row = (one) => h("li", { class: one.state }, h("span", {}, h("span", { class: "when" }, `${t.day(one.at)} ${t.clock(one.at)}`), " ", one.text,
    h("strong", { class: "state" }, t(`state.${one.state}`))), one.go && button(t(one.state === "ended" ? "home.review" : "home.open"), one.go, "small"),
    one.again && button(t("review.again"), () => again(one.again), "small"));
  return [...rides, ...told].sort((a, b) => b.at - a.at).slice(0, 50).map(row);
}

export async function homeScreen(app) {
  const { t, recorder } = app;
  const queue = makeQueueLine(app);
  const notes = h("div", { class: "notes" });
  const list = h("ul", { class: "list" });
  const empty = h("p", { class: "muted" }, t("home.nothing"));
  const start = button(t("home.start"), () => app.go("start"), "go huge");
  let shown = "";
  async function update() {
    queue.update();
    const key = JSON.stringify([await app.unsent(), Boolean(recorder.here.ride), Boolean(app.install), Boolean(app.fresh)]);
    if (key === shown) return; // the same buttons stay where a finger or the focus is
    shown = key;
    notes.replaceChildren(...(await notices(app)));
    const rows = await things(app);
    list.replaceChildren(...rows);
    empty.hidden = rows.length > 0;
    start.hidden = Boolean(recorder.here.ride) || Boolean(await app.openRide());
  }
  await update();
  const tile = (name) => button(t(`form.${name}`), () => app.go(name === "count" ? "count" : "form", { form: name }), "tile");
  return {
    element: h("div", { class: "screen" }, title(t("home.title", { city: app.page.city })), queue.element, notes, start,
      h("p", { class: "muted" }, t("home.screen_on")),
      h("h2", {}, t("home.tell")), h("div", { class: "tiles" }, ["stop", "fare", "wait", "count", "visit", "correction"].map(tile)),
      h("h2", {}, t("home.mine")), empty, list,
      h("div", { class: "row" }, button(t("test.title"), () => app.go("start", { test: true }), "plain"), button(t("settings.title"), () => app.go("settings"), "plain"))),
    update,
  };
}

export async function settingsScreen(app) {
  const { t, store } = app;
  const size = (await store.setting("size")) ?? "normal";
  const safe = await navigator.storage?.persisted?.();
  const sizes = SIZES.map((one) => h("label", { class: "choice" },
    h("input", { type: "radio", name: "size", value: one, checked: one === size, onchange: () => app.setSize(one) }), h("span", {}, t(`settings.${one}`))));
  const key = await store.setting("key");
  return { element: h("div", { class: "screen" }, title(t("settings.title")), languages(app),
    h("fieldset", {}, h("legend", {}, t("settings.size")), h("div", { class: "choices" }, sizes)),
    h("h2", {}, t("export.title")), h("p", {}, t("export.lead")),
    h("div", { class: "row" }, button(t("export.gpx"), () => handOut(store, "gpx"), "plain"), button(t("export.json"), () => handOut(store, "json"), "plain")),
    h("h2", {}, t("settings.storage")), h("p", { class: safe ? "state sent" : "caution" }, t(safe ? "settings.safe" : "settings.unsafe")),
    h("h2", {}, t("settings.apps")), h("p", {}, t("settings.apps_lead")),
    key && h("p", {}, h("a", { class: "button plain wide", href: `/setup/${key}` }, t("settings.apps_link"))),
    back(app)) };
}

// Another key on a phone with things that are not sent yet: whose are they?
export function keyScreen(app, { key }) {
  const { t, store } = app;
  const take = async () => { await store.set("key", key); app.outbox.now(); app.go("home", {}, true); };
  return { element: h("div", { class: "screen" }, title(t("key.title")), h("p", {}, t("key.lead")),
    button(t("key.take"), () => confirm(app, t("key.sure"), t("key.take"), take), "go"), button(t("key.keep"), () => app.go("home", {}, true), "plain")) };
}
