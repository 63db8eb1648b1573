// Sends what waits, one thing at a time, in the order in which it was queued, over all tabs. Nothing counts as sent
// before our own server has said so: a café's login page answers 200 as well.

import { queueMissing } from "./rides.js";

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 300000;
const TIMEOUT_MS = 30000;
// The same bytes would be refused again. Any other failure may pass: what waits, waits.
const REFUSALS = new Set([400, 409, 413, 415, 422]);
const SMALL_BYTES = 1000; // packing gains nothing

async function packed(body) {
  if (body.length < SMALL_BYTES || !("CompressionStream" in self)) return { body, headers: {} };
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).blob(), headers: { "Content-Encoding": "gzip" } };
}

// What an answer means: "sent", "missing", "key", "refused", or why to wait: "offline", "portal", "server".
async function send(entry, key) {
  const { body, headers } = await packed(entry.body);
  let answer, said;
  try {
    answer = await fetch(entry.path, {
      method: entry.method, body, cache: "no-store", credentials: "omit", redirect: "manual",
      headers: { ...headers, Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    said = await answer.json().catch(() => null);
  } catch {
    return { outcome: "offline" };
  }
  const ours = answer.headers.get("X-Commonway") === "1" || typeof said?.error?.code === "string";
  if (!said || (!ours && !said.missing)) return { outcome: answer.status >= 500 ? "server" : "portal" };
  if (answer.ok) return { outcome: "sent" };
  if (answer.status === 409 && Array.isArray(said.missing)) return { outcome: "missing", missing: said.missing };
  if (answer.status === 401 || answer.status === 403) return { outcome: "key", problem: said.error };
  return REFUSALS.has(answer.status) ? { outcome: "refused", problem: said.error } : { outcome: "server" };
}

export function makeOutbox({ store, slug, key, changed }) {
  const state = { sending: false, trouble: null, problem: null };
  let wait_ms = 0;
  let timer = null;
  let running = null;

  function later(ms) {
    clearTimeout(timer);
    timer = setTimeout(flush, ms);
  }

  async function settle(entry, { outcome, missing, problem }) {
    if (outcome === "missing") return queueMissing(store, entry, missing);
    const whole = entry.record || entry.path.endsWith("/complete");
    await store.change(["outbox", "rides", "reports"], async (in_) => {
      const holder = entry.ride ? "rides" : "reports";
      const id = entry.ride ?? entry.record; // none: an answer to the consent text
      const kept = id && (await in_.get(holder, id));
      if (outcome === "refused" && kept) {
        await in_.put("outbox", { ...entry, refused: true });
        await in_.put(holder, { ...kept, state: "refused", problem });
      } else {
        await in_.delete("outbox", entry.n);
        if (kept && whole) await in_.put(holder, { ...kept, state: "sent", sent_ms: Date.now() });
      }
    });
  }

  const markTried = (entry) => store.change(["outbox"], async (in_) => {
    const there = await in_.get("outbox", entry.n);
    if (there) await in_.put("outbox", { ...there, tried: true });
    return Boolean(there);
  }, "relaxed");

  async function drain() {
    const refused = new Set((await store.all("rides")).filter((one) => one.state === "refused").map((one) => one.id));
    for (;;) {
      const entry = await store.first("outbox", (one) => !one.refused && !refused.has(one.ride));
      if (!entry) return null;
      const early_ms = entry.due_ms - Date.now();
      if (early_ms > 0 && early_ms <= 60000) return { wait: early_ms };
      const token = await key();
      if (!token) return { trouble: "no_key" };
      state.sending = true;
      changed();
      if (!(await markTried(entry))) continue; // taken back this moment
      const said = await send(entry, token);
      if (["offline", "portal", "server", "key"].includes(said.outcome)) return { trouble: said.outcome, problem: said.problem };
      await settle(entry, said);
      if (said.outcome === "refused" && entry.ride) refused.add(entry.ride);
      wait_ms = 0;
    }
  }

  async function run() {
    const result = await navigator.locks.request(`commonway-outbox-${slug}`, drain).catch(() => ({ trouble: "offline" }));
    Object.assign(state, { sending: false, trouble: result?.trouble ?? null, problem: result?.problem ?? null });
    if (result?.wait) later(result.wait);
    else if (result?.trouble && result.trouble !== "no_key") {
      wait_ms = Math.min(Math.max(wait_ms * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS);
      later(wait_ms);
    }
    changed();
  }

  // Ask as often as you like: one run at a time, and one more if something came meanwhile.
  let again = false;
  async function flush() {
    if (running) { again = true; return running; }
    clearTimeout(timer);
    running = run();
    await running;
    running = null;
    if (again) { again = false; await flush(); }
  }

  const now = () => { wait_ms = 0; return flush(); };
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  return { state, flush, now };
}
