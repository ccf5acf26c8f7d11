/** Pictures of Block Kit. Slack fetches them through its own proxy; this page asks no other site for anything. */

import { h } from "./dom.js";

/**
 * @param {{image_url?: string, alt_text: string}} element
 * @param {string} kind the CSS class
 * @returns {HTMLElement} the picture, or its alternative text in a frame where it lies elsewhere or does not load
 */
export function picture(element, kind) {
  const alternative = { class: `${kind} picture-text`, role: "img", "aria-label": element.alt_text };
  const replacement = h("span", alternative, element.alt_text);
  if (!isOwn(element.image_url)) return replacement;
  const image = h("img", { class: kind, src: element.image_url, alt: element.alt_text });
  image.addEventListener("error", () => image.replaceWith(replacement));
  return image;
}

function isOwn(address) {
  try {
    return new URL(address).origin === location.origin;
  } catch {
    return false;
  }
}
