/** Block Kit's layout blocks as elements (docs.slack.dev, "Block Kit reference"). */

import { h } from "./dom.js";
import { interactive } from "./elements.js";
import { inputBlock } from "./inputs.js";
import { mrkdwn } from "./mrkdwn.js";
import { picture } from "./picture.js";
import { richText } from "./rich-text.js";
import { plainText, textNodes } from "./text.js";

const RENDERERS = {
  section,
  header: (block) => h("h3", { class: "block-header" }, plainText(block.text)),
  divider: () => h("hr"),
  image: imageBlock,
  context,
  actions: (block, surface) =>
    h("div", { class: "actions" }, block.elements.map((element) => interactive(element, block.block_id, surface))),
  rich_text: (block, surface) => h("div", { class: "rich-text" }, richText(block, surface.names)),
  // Standard Markdown, not mrkdwn; shown as written rather than half right.
  markdown: (block) => h("div", { class: "markdown" }, block.text),
  input: inputBlock,
};

/**
 * @param {object[]} blocks as Slack hands them out: each with its `block_id`
 * @param {import("./surface.js").Surface} surface
 * @returns {HTMLElement[]}
 */
export const renderBlocks = (blocks, surface) => blocks.map((block) => renderBlock(block, surface));

function renderBlock(block, surface) {
  const render = RENDERERS[block.type] ?? unknown;
  const node = render(block, surface);
  node.classList.add("block");
  node.dataset.blockId = block.block_id ?? "";
  return node;
}

function section(block, surface) {
  const { names } = surface;
  const fields = (block.fields ?? []).map((field) => h("div", { class: "field" }, textNodes(field, names)));
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-text" },
      block.text && h("div", {}, textNodes(block.text, names)),
      fields.length > 0 && h("div", { class: "fields" }, fields),
    ),
    block.accessory && h("div", { class: "accessory" }, interactive(block.accessory, block.block_id, surface)),
  );
}

function context(block, { names }) {
  const part = (element) =>
    element.type === "image" ? picture(element, "context-picture") : h("span", {}, textNodes(element, names));
  return h("div", { class: "context" }, block.elements.map(part));
}

function imageBlock(block) {
  return h("figure", {}, picture(block, "block-picture"), block.title && h("figcaption", {}, plainText(block.title)));
}

function unknown(block) {
  return h("div", { class: "unknown" }, `A block of type “${block.type}” is not shown here.`);
}

/** A message's content: its blocks, or its text where it has none (with blocks, the text is only the notification). */
export function messageBody(message, surface) {
  const blocks = message.blocks ?? [];
  if (blocks.length === 0) return [h("div", { class: "block" }, mrkdwn(message.text ?? "", surface.names))];
  const nodes = renderBlocks(blocks, surface);
  surface.fields.write(message.chosen);
  return nodes;
}
