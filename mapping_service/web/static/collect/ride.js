// A ride on the screen: before it, during it, after it.

import { button, h } from "./dom.js";
import { handOut } from "./export.js";
import { keep, reports } from "./forms.js";
import { back, confirm, makeSignal, quiet, title } from "./parts.js";
import { contents, discardRide, newRide, queueRide, removeReport, sendAgain } from "./rides.js";
import { drawTrail } from "./trail.js";
import { own } from "./words.js";

const HOLD_MS = 1500;
const TEST_MS = 300000;

// Ask for what the ride is, while the phone already looks for its position.
export function startScreen(app, { test = false }) {
  const { t, recorder } = app;
  const signal = makeSignal(app);
  const about = { line: "", direction: "", vehicle: "", test };
  const text = (name, list = null) => h("div", { class: "question" }, h("label", { for: `q-${name}` }, t(`ask.${name}`)),
    h("input", { type: "text", id: `q-${name}`, maxlength: "200", list, autocomplete: "off", oninput: (event) => { about[name] = event.target.value.trim(); } }));
  async function start() {
    const ride = newRide(about, await app.store.setting("consent"));
    if (!(await recorder.start(ride))) { app.go("home", {}, true); return; }
    app.go("ride", {}, true);
  }
  recorder.follow();
  signal.update();
  return {
    element: h("div", { class: "screen" }, title(t(test ? "test.title" : "start.title")),
      test && h("p", { class: "lead" }, t("test.lead")),
      signal.element,
      !test && [text("line", "lines"), text("direction"), text("vehicle")],
      h("p", { class: "caution" }, t("start.screen_on")),
      h("div", { class: "row" }, back(app), button(t(test ? "test.start" : "start.start"), start, "go"))),
    update: signal.update,
    leave: () => recorder.leave(),
  };
}

function pocket(app) {
  const { t } = app;
  const label = h("span", {}, t("pocket.hold"));
  const release = h("button", { type: "button", class: "hold" }, label);
  const screen = h("dialog", { class: "pocket", "aria-label": t("pocket.title") }, h("p", {}, t("pocket.title")), release);
  let timer = null;
  const close = () => { clearTimeout(timer); screen.close(); screen.remove(); };
  release.addEventListener("pointerdown", () => { release.classList.add("held"); timer = setTimeout(close, HOLD_MS); });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) {
    release.addEventListener(end, () => { clearTimeout(timer); release.classList.remove("held"); });
  }
  release.addEventListener("click", (event) => { if (event.detail === 0) close(); }); // by keyboard: no pocket types
  screen.addEventListener("close", close);
  document.body.append(screen);
  screen.showModal();
}

export async function rideScreen(app) {
  const { t, recorder, store } = app;
  const { ride } = recorder.here;
  if (!ride) return app.screens.home(app);
  const signal = makeSignal(app);
  const lasted = h("strong", { class: "number" });
  const facts = h("p", { class: "facts" });
  const warning = h("p", { class: "problem", role: "alert" });
  const dim = h("p", { class: "caution" }, t("ride.dim"));
  const canvas = h("canvas", { class: "trail", role: "img", "aria-label": t("ride.trail") });
  const { fixes } = await contents(store, ride);
  let seen = fixes.at(-1)?.[0] ?? 0;

  async function stopHere() {
    const fix = recorder.place();
    if (!fix) { warning.textContent = t("form.no_place"); return; }
    for (const report of reports("stop", fix, {})) await keep(app, ride, report);
  }
  async function finish() {
    quiet(); // from here on things are taken back in the review
    const ended = await recorder.stop();
    app.go("review", { id: ended.id }, true);
  }
  const tick = () => {
    const age_ms = ride.last && recorder.here.heard_ms ? performance.now() - recorder.here.heard_ms : 0;
    lasted.textContent = t.lasted(ride.last ? ride.last[0] - ride.started_ms + age_ms : 0);
    const silent = age_ms > 20000 || recorder.here.trouble === "full";
    const said = recorder.here.trouble === "full" ? t("ride.full") : silent ? t("ride.silent", { n: t.number(Math.round(age_ms / 1000)) }) : "";
    if (warning.textContent !== said) warning.textContent = said;
    if (ride.test && ride.last && ride.last[0] - ride.started_ms > TEST_MS && recorder.here.ride) finish();
  };
  const timer = setInterval(tick, 1000);
  async function update() {
    if (!recorder.here.ride) return;
    signal.update();
    dim.hidden = recorder.here.awake;
    if (ride.last && ride.last[0] !== seen) { fixes.push([...ride.last]); seen = ride.last[0]; }
    const told = (await contents(store, ride)).reports;
    facts.textContent = [t("ride.points", { n: t.number(ride.points) }), t.km(ride.metres), t("ride.reports", { n: t.number(told.length) }),
      ...(ride.gaps.length ? [t("ride.gaps", { n: t.number(ride.gaps.length) })] : [])].join(" · ");
    drawTrail(canvas, fixes, told);
  }
  const form = (name) => button(t(`do.${name}`), () => app.go("form", { form: name }), "tile");
  return {
    element: h("div", { class: "screen ride" },
      title(ride.test ? t("test.running") : ride.line || t("ride.title")),
      signal.element,
      h("div", { class: "now" }, h("span", { class: "rec", "aria-hidden": "true" }), lasted, facts),
      warning, dim,
      ride.clock.length > 0 && h("p", { class: "caution" }, t("ride.clock")),
      !ride.test && [button(t("do.stop_here"), stopHere, "go huge"),
        h("div", { class: "tiles" }, form("stop"), form("boarding"), form("fare"), form("wait"))],
      h("div", { class: "row" }, button(t("pocket.do"), () => pocket(app), "plain"), button(t("ride.finish"), finish, "stop")),
      canvas),
    update: () => { update(); tick(); },
    leave: () => clearInterval(timer),
    ready: () => { update(); tick(); },
  };
}

export function facts(app, ride) {
  const { t } = app;
  const row = (name, value) => h("div", {}, h("dt", {}, t(`facts.${name}`)), h("dd", {}, value));
  const end = ride.last?.[0] ?? ride.ended_ms ?? ride.started_ms;
  return h("dl", { class: "facts-list" }, row("day", t.day(ride.started_ms)), row("time", `${t.clock(ride.started_ms)} – ${t.clock(end)}`),
    row("length", t.km(ride.metres)), row("points", t.number(ride.points)));
}

export function sayReport(t, one) {
  const parts = [one.name && own(one.name), one.subject && own(one.subject), one.amount === null ? null : t.number(one.amount, 2),
    one.wait_s === null ? null : t("unit.min", { n: t.number(one.wait_s / 60) }),
    one.occupancy && t(`boarding.occupancy.${one.occupancy}`), one.text && own(one.text),
    ...["boarded", "alighted"].filter((name) => name in one.details).map((name) => `${t(`ask.${name}`)}: ${t.number(one.details[name])}`)];
  return [t(`form.${one.kind}`), ...parts.filter(Boolean)].join(" · ");
}

function verdict(t, ride, fixes) {
  const longest = Math.max(0, ...fixes.slice(1).map((fix, i) => fix[0] - fixes[i][0]));
  const known = fixes.map((fix) => fix[3]).filter((one) => one !== null).sort((a, b) => a - b);
  const usual = known[Math.floor(known.length / 2)] ?? Infinity;
  const good = fixes.length >= 30 && longest <= 10000 && usual <= 20;
  return h("div", { class: good ? "verdict good" : "verdict poor" },
    h("strong", {}, t(good ? "test.good" : "test.poor")),
    h("p", {}, t("test.figures", { points: t.number(fixes.length), gap: t.number(Math.round(longest / 1000)), metres: Number.isFinite(usual) ? t.m(usual) : "–" })),
    !good && h("p", {}, t("test.advice")));
}

// Everything that would be sent, before it is sent; afterwards what was.
export async function reviewScreen(app, { id }) {
  const { t, store, recorder } = app;
  const ride = await store.get("rides", id);
  if (!ride) return app.screens.home(app);
  const { fixes, reports: told } = await contents(store, ride);
  const canvas = h("canvas", { class: "trail", role: "img", "aria-label": t("ride.trail") });
  const open = ride.state === "ended" || ride.state === "recording";
  const send = async () => { await queueRide(store, ride); app.outbox.flush(); app.go("home", {}, true); };
  const goOn = async () => { ride.broken = true; Object.assign(ride, { state: "recording" }); await recorder.start(ride); app.go("ride", {}, true); };
  const again = async () => { await sendAgain(store, "rides", id); app.outbox.now(); app.go("home", {}, true); };
  const drop = () => confirm(app, t("review.discard_sure"), t("review.discard"), async () => { await discardRide(store, ride); app.go("home", {}, true); });
  const line = (one) => h("li", {}, h("span", {}, `${t.clock(one.t)} ${sayReport(t, one)}`),
    open && button(t("review.remove"), async () => { await removeReport(store, one.id); app.go("review", { id }, true); }, "small"));
  const gap = ([from, to]) => h("li", {}, t("review.gap", { from: t.clock(from), to: t.clock(to) }));
  return {
    element: h("div", { class: "screen" }, title(ride.test ? t("test.result") : ride.line || t("ride.title")),
      !ride.test && h("p", { class: `state ${ride.state}` }, t(`state.${ride.state}`), ride.problem ? ` ${ride.problem.message ?? ride.problem.code}` : ""),
      ride.test && verdict(t, ride, fixes),
      facts(app, ride), canvas,
      ride.gaps.length > 0 && h("ul", { class: "gaps" }, ride.gaps.map(gap)),
      ride.clock.length > 0 && h("p", { class: "caution" }, t("ride.clock")),
      told.length > 0 && [h("h2", {}, t("review.reports")), h("ul", { class: "list" }, told.map(line))],
      open && !ride.test && button(t("review.send"), send, "go huge"),
      open && !ride.test && button(t("review.go_on"), goOn, "plain wide"),
      ride.state === "refused" && button(t("review.again"), again, "go huge"),
      h("div", { class: "row" }, button(t("export.gpx"), () => handOut(store, "gpx", ride), "plain"), button(t("export.json"), () => handOut(store, "json", ride), "plain")),
      h("div", { class: "row" }, back(app), ride.state !== "queued" && button(t("review.discard"), drop, "danger"))),
    ready: () => drawTrail(canvas, fixes, told),
  };
}
