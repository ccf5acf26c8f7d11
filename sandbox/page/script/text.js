/** Block Kit's text objects. */

import { emoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

/**
 * @param {{type: string, text: string}|undefined} object `plain_text` or `mrkdwn`
 * @param {import("./names.js").Names} names
 * @returns {(Node|string)[]}
 */
export function textNodes(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : [plainText(object)];
}

/** The words of a `plain_text` object, its emoji names turned into emoji unless it says `emoji: false`. */
export function plainText(object) {
  const text = object?.text ?? "";
  return object?.emoji === false ? text : text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}
