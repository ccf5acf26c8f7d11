/** What travelled between Slack and the app because of this person, newest first. */

import { timeOfDay } from "./dates.js";
import { h, spoken } from "./dom.js";
import { reconcile } from "./reconcile.js";

/** Slack waits this long for an answer (docs.slack.dev, "Handling user interaction"). */
const LIMIT_MS = 3000;

/**
 * @param {HTMLElement} list
 * @param {{route: string, kind: string, status: number, ms: number, retry: number, at: number}[]} deliveries newest
 *   last; `status` 0 means that no answer came
 */
export function showDeliveries(list, deliveries) {
  const counted = new Map();
  const items = deliveries.map((delivery) => ({ delivery, key: keyOf(delivery, counted) })).reverse();
  reconcile(list, items, ({ key }) => key, ({ delivery }) => row(delivery));
}

// Two deliveries may carry the same values; counted from the oldest, each keeps its key when newer ones come.
function keyOf(delivery, counted) {
  const text = JSON.stringify(delivery);
  counted.set(text, (counted.get(text) ?? 0) + 1);
  return `${text}${counted.get(text)}`;
}

function row({ route, kind, status, ms, retry, at }) {
  const good = status >= 200 && status < 300;
  const words = status === 0 ? "no answer" : String(status);
  return h(
    "li",
    {},
    h("span", { class: `status ${good ? "good" : "bad"}` }, spoken("answered "), words),
    h("span", { class: "delivery" }, h("b", {}, kind), h("code", {}, route)),
    h("span", { class: ms > LIMIT_MS ? "ms bad" : "ms" }, `${Math.round(ms)} ms`),
    h("time", {}, timeOfDay(at), retry > 0 && ` · retry ${retry}`),
  );
}
