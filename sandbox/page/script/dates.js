/** Slack's dates, in the reader's own language and time zone (docs.slack.dev, "Formatting message text", date formatting). */

const DAY_MS = 86_400_000;
const SHAPES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { year: "numeric", month: "long", day: "numeric", weekday: "long" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};
const PRETTY = { date_pretty: "date", date_short_pretty: "date_short", date_long_pretty: "date_long" };

/**
 * Fills a format such as `{date_short} at {time}`.
 * @param {number} seconds since 1970
 * @param {string} format
 * @returns {string|null} null when the moment or a token is unknown: then the fallback text is shown
 */
export function formatDate(seconds, format) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.valueOf())) return null;
  const parts = format.replace(/\{(\w+)\}/g, (_, token) => one(moment, token) ?? "\0");
  return parts.includes("\0") ? null : parts;
}

/** A time of day from epoch seconds, Slack's `ts`, or an ISO text; empty when it is none of them. */
export function timeOfDay(value) {
  const moment = /^\d+(\.\d+)?$/.test(value) ? new Date(value * 1000) : new Date(value);
  return Number.isNaN(moment.valueOf()) ? "" : moment.toLocaleTimeString([], SHAPES.time);
}

function one(moment, token) {
  if (token in PRETTY) return relativeDay(moment) ?? one(moment, PRETTY[token]);
  return token in SHAPES ? moment.toLocaleString([], SHAPES[token]) : null;
}

function relativeDay(moment) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  // Rounded, because a day with a clock change is an hour longer or shorter.
  const days = Math.round((midnight(moment) - midnight(new Date())) / DAY_MS);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}
