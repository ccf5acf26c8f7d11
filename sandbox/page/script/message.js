/** One message as the person sees it. */

import { messageBody } from "./blocks.js";
import { timeOfDay } from "./dates.js";
import { h, spoken } from "./dom.js";
import { forwardLink } from "./forward.js";

/**
 * @param {object} message of the client API
 * @param {import("./surface.js").Surface} surface
 * @param {HTMLElement|null} more what opens the message's own menu
 * @returns {HTMLElement}
 */
export function messageNode(message, surface, more) {
  const { names } = surface;
  const author = message.username || names.user(message.user);
  const byApp = !names.isPerson(message.user);
  const kind = ["message", message.ephemeral && "ephemeral", isReply(message) && "reply"].filter(Boolean).join(" ");
  return h(
    "article",
    { class: kind, "data-ts": message.ts, "aria-label": `Message by ${author}` },
    avatar(author, byApp),
    h(
      "div",
      { class: "message-main" },
      h("header", {}, h("b", {}, author), byApp && h("span", { class: "badge" }, "App"), when(message.ts)),
      message.ephemeral && h("p", { class: "only-you" }, h("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you"),
      h("div", { class: "message-body" }, messageBody(message, surface)),
      message.edited && h("small", { class: "edited" }, "(edited)"),
      forwardLink(message),
    ),
    more,
  );
}

/** True for an answer in a thread. */
export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

/** The square with a person's first letter, or the app's mark. */
export const avatar = (name, byApp = false) =>
  h("span", { class: `avatar ${byApp ? "app" : `tone-${tone(name)}`}`, "aria-hidden": "true" }, byApp ? "✓" : initial(name));

const initial = (name) => [...name][0]?.toUpperCase() ?? "?";
const tone = (name) => [...name.toLowerCase()].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 5;

function when(ts) {
  const time = timeOfDay(ts);
  return time && h("time", {}, spoken("at "), time);
}
