// The words of one language, and numbers and times as it writes them.

export function makeWords(language, direction, book) {
  const locale = language === "ar" ? "ar-u-nu-latn" : language;
  const number = (value, digits = 0) => value.toLocaleString(locale, { maximumFractionDigits: digits });
  const t = (key, values = {}) => {
    const text = book[key];
    if (text === undefined) throw new Error(`no word for ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  return Object.assign(t, {
    language, direction, number,
    km: (length_m) => t("unit.km", { n: number(length_m / 1000, 1) }),
    m: (length_m) => t("unit.m", { n: number(Math.round(length_m)) }),
    clock: (ms) => new Date(ms).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" }),
    day: (ms) => new Date(ms).toLocaleDateString(locale, { day: "numeric", month: "short" }),
    lasted(ms) {
      const s = Math.max(0, Math.floor(ms / 1000));
      return [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map((n) => String(n).padStart(2, "0")).join(":");
    },
    has: (key) => key in book,
  });
}

// A name inside a sentence of another direction keeps its own.
export const own = (text) => `\u2068${text}\u2069`;

// How good a position is, in a word: what a collector does about it differs.
export function quality(fix, trouble) {
  if (trouble === "denied") return "denied";
  if (!fix) return "none";
  if (fix[3] === null) return "fair";
  return fix[3] <= 15 ? "good" : fix[3] <= 50 ? "fair" : "poor";
}
