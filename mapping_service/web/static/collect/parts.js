// Pieces that several screens show.

import { button, h } from "./dom.js";
import { quality } from "./words.js";

const DOTS = { good: "●●●", fair: "●●○", poor: "●○○", none: "○○○", denied: "✕" };

// How good the position is: in words, in colour and by dots, with what to do about it.
export function makeSignal(app) {
  const { t } = app;
  const dots = h("span", { class: "dots", "aria-hidden": "true" });
  const words = h("strong");
  const hint = h("span", { class: "hint" });
  const element = h("div", { class: "signal" }, dots, h("span", {}, words, hint));
  return {
    element,
    update() {
      const { fix, trouble } = app.recorder.here;
      const level = quality(fix, trouble);
      element.dataset.level = level;
      dots.textContent = DOTS[level];
      const known = fix && fix[3] !== null && level !== "denied";
      words.textContent = known ? `${t(`signal.${level}`)} · ± ${t.m(fix[3])}` : t(`signal.${level}`);
      hint.textContent = level === "good" ? "" : t(`signal.${level}_hint`);
    },
  };
}

// What has not been sent yet, and why. "Queued" is never called "sent".
export function makeQueueLine(app) {
  const { t } = app;
  const text = h("span");
  const now = button(t("queue.now"), () => app.outbox.now(), "small");
  const element = h("div", { class: "queue", role: "status" }, text, now);
  return {
    element,
    async update() {
      const { queued: waiting, refused } = await app.unsent();
      const { sending, trouble } = app.outbox.state;
      const level = refused || trouble === "key" || (waiting && trouble === "no_key") ? "bad" : waiting ? "waits" : "done";
      element.dataset.level = level;
      let said = waiting ? t("queue.waiting", { n: t.number(waiting) }) : t("queue.nothing");
      if (waiting && sending) said += ` ${t("queue.sending")}`;
      else if (waiting && trouble) said += ` ${t(`queue.${trouble}`)}`;
      else if (trouble === "key") said = t("queue.key");
      if (refused) said = `${t("queue.refused", { n: t.number(refused) })} ${said}`;
      if (text.textContent !== said) text.textContent = said;
      now.hidden = !waiting || sending;
    },
  };
}

export const quiet = () => document.getElementById("toast").replaceChildren();

// A short word about what has just been done, with the way back.
export function toast(app, said, undo = null) {
  const place = document.getElementById("toast");
  clearTimeout(place.timer);
  const back = undo && button(app.t("undo"), async () => {
    place.replaceChildren(h("p", {}, (await undo()) ? app.t("undone") : app.t("too_late")));
    place.timer = setTimeout(() => place.replaceChildren(), 3000);
  }, "small");
  place.replaceChildren(h("p", {}, said), ...(back ? [back] : []));
  place.timer = setTimeout(() => place.replaceChildren(), 8000);
  navigator.vibrate?.(60);
}

export const back = (app) => button(app.t("back"), () => history.back(), "plain wide");

export const title = (text) => h("h1", { tabindex: "-1" }, text);

// A question in the page: a stray touch must not throw a ride away.
export function confirm(app, question, yes, act) {
  const dialog = h("dialog", { "aria-label": question },
    h("p", {}, question),
    h("div", { class: "row" }, button(app.t("cancel"), () => dialog.close(), "plain"), button(yes, () => { dialog.close(); act(); }, "danger")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
