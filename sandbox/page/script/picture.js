/** Pictures of Block Kit. Slack fetches them through its own proxy; here only pictures of this machine are loaded at all. */

import { h } from "./dom.js";

const LOCAL = /^(localhost|127\.0\.0\.1|.+\.localhost)$/;

/**
 * @param {{image_url?: string, alt_text: string}} element
 * @returns {HTMLElement} the picture, or its alternative text in a frame where it lies elsewhere or does not load
 */
export function picture(element, kind) {
  const replacement = h("span", { class: `${kind} picture-text`, role: "img", "aria-label": element.alt_text }, element.alt_text);
  if (!isLocal(element.image_url)) return replacement;
  const image = h("img", { class: kind, src: element.image_url, alt: element.alt_text });
  image.addEventListener("error", () => image.replaceWith(replacement));
  return image;
}

function isLocal(address) {
  try {
    return LOCAL.test(new URL(address).hostname);
  } catch {
    return false;
  }
}
