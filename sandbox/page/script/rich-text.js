/** Block Kit's `rich_text` block: sections, lists, quotes and preformatted text. */

import { formatDate } from "./dates.js";
import { h, outsideLink, withLinks } from "./dom.js";
import { emoji } from "./emoji.js";

const TAGS = { rich_text_quote: "blockquote", rich_text_preformatted: "pre", rich_text_section: "p" };
const STYLES = { code: "code", strike: "s", italic: "em", bold: "strong" };

/** @returns {HTMLElement[]} */
export const richText = (block, names) => block.elements.map((part) => partOf(part, names));

function partOf(part, names) {
  if (part.type === "rich_text_list") {
    const items = part.elements.map((item) => h("li", {}, inlineOf(item, names)));
    return h(part.style === "ordered" ? "ol" : "ul", {}, items);
  }
  return h(TAGS[part.type] ?? "p", {}, inlineOf(part, names));
}

const inlineOf = (part, names) => (part.elements ?? []).map((leaf) => styled(leafOf(leaf, names), leaf.style));

function leafOf(leaf, names) {
  const leaves = {
    text: () => withLinks(leaf.text),
    link: () => outsideLink(leaf.url, leaf.text ?? leaf.url),
    user: () => h("span", { class: "mention" }, `@${names.user(leaf.user_id)}`),
    channel: () => h("span", { class: "mention" }, `#${names.channel(leaf.channel_id)}`),
    usergroup: () => h("span", { class: "mention" }, `@${leaf.usergroup_id}`),
    broadcast: () => h("span", { class: "mention" }, `@${leaf.range}`),
    emoji: () => emoji(leaf.name),
    date: () => formatDate(leaf.timestamp, leaf.format) ?? leaf.fallback ?? "",
  };
  return (leaves[leaf.type] ?? (() => leaf.text ?? ""))();
}

const styled = (node, style = {}) =>
  Object.entries(STYLES).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
