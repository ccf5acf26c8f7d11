/**
 * Elements are built here and nowhere else. Text only ever becomes a text node and an address is checked first,
 * so nothing that a message holds can be read as markup or as script.
 */

const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/**
 * Builds one element.
 * @param {string} tag
 * @param {Object<string, any>} attributes `onclick` and the like take a listener; null, undefined and false are left out.
 * @param {...any} children nodes, strings, or lists of them; null, undefined and false are left out.
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (absent(value)) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => !absent(child)));
  return node;
}

/** Text for screen readers only. */
export const spoken = (text) => h("span", { class: "spoken" }, text);

/** The address when a link may carry it, else null: `javascript:` and `data:` never leave here. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return SAFE_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page and tells the other site nothing about it; plain text when the address is unsafe. */
export function outsideLink(address, label, attributes = {}) {
  const href = safeAddress(address);
  if (href === null) return h("span", {}, label);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, label);
}

/** An address that stands in a text without any mark; a sentence's own full stop or bracket is no part of it. */
export const BARE_ADDRESS = "https?://[^\\s<>|]*[^\\s<>|.,;:!?)]";

/** Plain text in which bare addresses are links, as Slack makes them when they are typed. */
export function withLinks(text) {
  const parts = text.split(new RegExp(`(${BARE_ADDRESS})`));
  return parts.map((part, index) => (index % 2 === 1 ? outsideLink(part, part) : part));
}

let counter = 0;

/** An element id that nothing else on the page has. */
export const freshId = (prefix) => `${prefix}-${(counter += 1)}`;

const absent = (value) => value === null || value === undefined || value === false;
