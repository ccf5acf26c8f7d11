/** Slack's own warnings, above the field in which the person types. */

import { h } from "./dom.js";
import { reconcile } from "./reconcile.js";

/** Seconds after which a warning is old news. */
const FRESH = 120;

const dismissed = new Set();

/**
 * @param {HTMLElement} list
 * @param {{text: string, at: number}[]} notices `at` in seconds since 1970
 */
export function showNotices(list, notices) {
  const fresh = notices.filter((notice) => notice.at > Date.now() / 1000 - FRESH && !dismissed.has(keyOf(notice)));
  reconcile(list, fresh, keyOf, (notice) => row(list, notices, notice));
}

function row(list, notices, notice) {
  const dismiss = () => {
    dismissed.add(keyOf(notice));
    showNotices(list, notices);
  };
  return h(
    "li",
    {},
    h("span", { "aria-hidden": "true" }, "⚠ "),
    h("span", {}, h("b", {}, "Slackbot "), notice.text),
    h("button", { type: "button", class: "icon", "aria-label": "Dismiss", onclick: dismiss }, "✕"),
  );
}

const keyOf = ({ text, at }) => `${at} ${text}`;
