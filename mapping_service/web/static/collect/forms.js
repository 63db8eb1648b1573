// The forms: one table of questions, one screen that asks them.

import { button, h } from "./dom.js";
import { back, makeSignal, title, toast } from "./parts.js";
import { addReport, newReport, queueRecord, removeReport, takeBack } from "./rides.js";

const LEVELS = ["empty", "half", "full", "crowded"];

// kind: what a report is called in the data. Each question: its name, how it is answered, whether it must be.
// Names of columns of a report go there, all others into its details.
export const FORMS = {
  stop: [{ name: "name", as: "text" }, { name: "boarded", as: "count" }, { name: "alighted", as: "count" }],
  boarding: [{ name: "boarded", as: "count" }, { name: "alighted", as: "count" }, { name: "occupancy", as: LEVELS }],
  fare: [
    { name: "amount", as: "amount", needed: true }, { name: "line", as: "line" }, { name: "from", as: "text" },
    { name: "to", as: "text" },
  ],
  wait: [{ name: "minutes", as: "count", needed: true }, { name: "line", as: "line" }],
  visit: [
    { name: "subject", as: "text", needed: true }, { name: "status", as: ["open", "closed", "gone"], needed: true },
    { name: "hours", as: "text" }, { name: "queue", as: "count" }, { name: "problem", as: "text" },
  ],
  correction: [
    { name: "what", as: ["moved", "closed", "renamed", "missing"], needed: true }, { name: "name", as: "text", needed: true },
    { name: "text", as: "text" },
  ],
};
const COLUMNS = new Set(["name", "amount", "occupancy", "subject", "text"]);

// Answers as fields of a report. What was not answered is absent: unknown is not nought.
export function said(kind, answers) {
  const report = { details: {} };
  for (const [name, value] of Object.entries(answers)) {
    if (value === null || value === "") continue;
    if (name === "minutes") report.wait_s = Math.round(value * 60);
    else if (COLUMNS.has(name)) report[name] = value;
    else if (name === "line") report.subject = value;
    else report.details[name] = value;
  }
  return report;
}

function choice(t, { name, as }, answers, form) {
  const option = (value) => h("label", { class: "choice" },
    h("input", { type: "radio", name: `q-${name}`, value, onchange: () => { answers[name] = value; } }),
    h("span", {}, t(`${form}.${name}.${value}`)));
  return h("fieldset", {}, h("legend", {}, t(`ask.${name}`)), h("div", { class: "choices" }, as.map(option)));
}

function counter(t, { name }, answers) {
  const field = h("input", { type: "text", inputmode: "numeric", id: `q-${name}`, maxlength: "4", autocomplete: "off" });
  const read = () => { answers[name] = /^\d+$/.test(field.value) ? Number(field.value) : null; };
  const step = (by) => () => { field.value = Math.max(0, (answers[name] ?? 0) + by); read(); };
  field.addEventListener("input", read);
  const sign = (by, text) => h("button", { type: "button", class: "step", onclick: step(by), "aria-label": `${t(`ask.${name}`)} ${text}` }, text);
  return h("div", { class: "question" }, h("label", { for: `q-${name}` }, t(`ask.${name}`)), h("div", { class: "counter" }, sign(-1, "−"), field, sign(1, "+")));
}

function written(t, { name, as }, answers, currency) {
  const field = h("input", {
    type: "text", id: `q-${name}`, maxlength: "200", autocomplete: "off", list: as === "line" ? "lines" : null,
    inputmode: as === "amount" ? "decimal" : null,
    oninput: () => {
      const text = field.value.trim();
      const amount = Number(text.replace(",", "."));
      answers[name] = as !== "amount" ? text : text && Number.isFinite(amount) && amount >= 0 ? amount : null;
    },
  });
  const label = t(`ask.${name}`) + (as === "amount" ? ` (${currency})` : "");
  return h("div", { class: "question" }, h("label", { for: `q-${name}` }, label), field);
}

function question(app, form, one, answers) {
  if (Array.isArray(one.as)) return choice(app.t, one, answers, form);
  return one.as === "count" ? counter(app.t, one, answers) : written(app.t, one, answers, app.page.currency);
}

// Ask one form. With a ride going on the report belongs to it and takes the place of the ride's last fix.
export function formScreen(app, { form, details = {} }) {
  const { t, recorder } = app;
  const ride = recorder.here.ride;
  const opened = recorder.place(); // in a ride a stop is where its button was pressed, however long typing takes
  const answers = {};
  const signal = makeSignal(app);
  const problem = h("p", { class: "problem", role: "alert" });
  const missing = () => FORMS[form].filter((one) => one.needed && (answers[one.name] ?? "") === "").map((one) => t(`ask.${one.name}`));

  async function save() {
    const fix = (ride && opened) || recorder.place();
    if (missing().length) { problem.textContent = t("form.missing", { what: missing().join(", ") }); return; }
    if (!fix) { problem.textContent = t("form.no_place"); return; }
    for (const report of reports(form, fix, answers, details)) await keep(app, ride, report);
    history.back();
  }

  if (!ride) recorder.follow();
  signal.update();
  return {
    element: h("form", { class: "screen", novalidate: true, onsubmit: (event) => { event.preventDefault(); save(); } },
      title(t(`form.${form}`)), h("p", { class: "lead" }, t(`form.${form}_lead`)),
      signal.element,
      FORMS[form].filter((one) => !(ride && one.as === "line")).map((one) => question(app, form, one, answers)),
      problem,
      h("div", { class: "row" }, back(app), h("button", { type: "submit", class: "go" }, t(ride ? "form.save" : "form.save_send")))),
    update: signal.update,
    leave: () => { if (!ride) recorder.leave(); },
  };
}

// A stop with people getting on and off is a stop and a boarding.
export function reports(form, fix, answers, details = {}) {
  const { boarded = null, alighted = null, ...rest } = answers;
  const people = boarded !== null || alighted !== null;
  if (form !== "stop" || !people) return [withDetails(newReport(form, fix, said(form, answers)), details)];
  return [newReport("stop", fix, said("stop", rest)), newReport("boarding", fix, said("boarding", { boarded, alighted }))];
}

const withDetails = (report, details) => ({ ...report, details: { ...report.details, ...details } });

export async function keep(app, ride, report) {
  if (ride) await addReport(app.store, ride, report);
  else {
    await queueRecord(app.store, report);
    app.outbox.flush();
  }
  toast(app, app.t(ride ? "saved.ride" : "saved.queued", { what: app.t(`form.${report.kind}`) }),
    async () => {
      const gone = ride ? (await removeReport(app.store, report.id), true) : await takeBack(app.store, report.id);
      app.changed();
      return gone;
    });
  app.changed();
}

// Count vehicles at a place. Every tap is in the store at once: a count of half an hour survives a flat battery.
export async function countScreen(app) {
  const { t, recorder, store } = app;
  const draft = (await store.setting("count")) ?? { from_s: null, vehicles: 0, subject: "" };
  const signal = makeSignal(app);
  const number = h("output", { class: "number" });
  const since = h("p", { class: "muted" });
  const line = h("input", { type: "text", id: "q-line", maxlength: "200", list: "lines", autocomplete: "off", value: draft.subject });
  const problem = h("p", { class: "problem", role: "alert" });
  const show = () => {
    number.textContent = t.number(draft.vehicles);
    since.textContent = draft.from_s ? t("count.since", { time: t.clock(draft.from_s * 1000) }) : t("count.starts");
  };
  const add = async (by) => {
    draft.from_s ??= Math.floor(Date.now() / 1000);
    draft.vehicles = Math.max(0, draft.vehicles + by);
    draft.subject = line.value.trim();
    show();
    await store.set("count", draft);
    navigator.vibrate?.(40);
  };
  async function finish() {
    const { fix } = recorder.here;
    if (!draft.from_s || !fix) { problem.textContent = t(draft.from_s ? "form.no_place" : "count.empty"); return; }
    const details = { from_s: draft.from_s, to_s: Math.floor(Date.now() / 1000), vehicles: draft.vehicles };
    await keep(app, null, newReport("count", fix, { subject: line.value.trim() || null, details }));
    await store.set("count", null);
    history.back();
  }
  recorder.follow();
  show();
  signal.update();
  return {
    element: h("div", { class: "screen" }, title(t("form.count")), h("p", { class: "lead" }, t("form.count_lead")), signal.element,
      h("div", { class: "question" }, h("label", { for: "q-line" }, t("ask.line")), line),
      h("div", { class: "tally", role: "status" }, number, since),
      button(t("count.passed"), () => add(1), "go huge"),
      button(t("count.less"), () => add(-1), "plain wide"), problem,
      h("div", { class: "row" }, back(app), button(t("form.save_send"), finish, "go"))),
    update: signal.update,
    leave: () => recorder.leave(),
  };
}
