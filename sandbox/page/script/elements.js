/** The elements of `actions` blocks and of accessories: what can be clicked, and what happens then. */

import { confirmed } from "./confirm.js";
import { controlFor, isControl } from "./controls.js";
import { h, safeAddress, spoken } from "./dom.js";
import { picture } from "./picture.js";
import { plainText } from "./text.js";

/**
 * @param {object} element Block Kit element
 * @param {string} blockId of the block it stands in
 * @param {import("./surface.js").Surface} surface takes the clicks
 * @returns {HTMLElement}
 */
export function interactive(element, blockId, surface) {
  if (element.type === "image") return picture(element, "accessory-picture");
  const node = nodeFor(element, blockId, surface);
  node.dataset.actionId = element.action_id ?? "";
  node.dataset.blockId = blockId;
  return node;
}

function nodeFor(element, blockId, surface) {
  if (element.type === "button") return element.url ? urlButton(element, blockId, surface) : button(element, blockId, surface);
  if (element.type === "overflow") return overflow(element, blockId, surface);
  if (isControl(element.type)) return chooser(element, blockId, surface);
  return h("span", { class: "unknown" }, `${element.type} is not shown here`);
}

const look = (element) => ["button", element.style].filter(Boolean).join(" ");

function button(element, blockId, surface) {
  const act = () => deliver(node, element, blockId, surface);
  const attributes = { type: "button", class: look(element), "aria-label": element.accessibility_label };
  const node = h("button", { ...attributes, onclick: act }, plainText(element.text));
  return node;
}

/** Slack opens the address at once and delivers the click as well (docs.slack.dev, "Button element", `url`). */
function urlButton(element, blockId, surface) {
  const href = safeAddress(element.url);
  const attributes = { href, target: "_blank", rel: "noopener noreferrer", "aria-label": element.accessibility_label };
  const act = async (event) => {
    if (!element.confirm) return deliver(node, element, blockId, surface);
    event.preventDefault();
    const sent = await deliver(node, element, blockId, surface);
    return sent && href && open(href, "_blank", "noopener,noreferrer");
  };
  const arrow = h("span", { class: "arrow", "aria-hidden": "true" }, "↗");
  const node = h("a", { ...attributes, class: look(element), onclick: act }, plainText(element.text), arrow);
  return node;
}

function overflow(element, blockId, surface) {
  const title = h("option", { value: "" }, "⋯");
  const options = element.options.map((option) => h("option", { value: option.value }, plainText(option.text)));
  const act = async () => {
    const selected = element.options.find((option) => option.value === node.value);
    node.value = "";
    if (selected?.url && safeAddress(selected.url)) open(selected.url, "_blank", "noopener,noreferrer");
    await deliver(node, element, blockId, surface, { type: "overflow", selected_option: selected });
  };
  const node = h("select", { class: "overflow", "aria-label": "More options", onchange: act }, title, options);
  return node;
}

function chooser(element, blockId, surface) {
  const label = plainText(element.placeholder) || "Choose";
  const control = controlFor(element, surface.names, label);
  const wrapper = h("span", { class: "chooser" }, control.node);
  control.node.addEventListener("change", () => deliver(wrapper, element, blockId, surface, control.read()));
  surface.fields.remember(blockId, element.action_id, control);
  return wrapper;
}

/** Asks first where the element says so, delivers the click, and marks the element when the app did not take it. */
async function deliver(node, element, blockId, surface, value = undefined) {
  if (element.confirm && !(await confirmed(element.confirm, surface.names))) return false;
  node.parentElement?.querySelectorAll(".click-error").forEach((mark) => mark.remove());
  node.setAttribute("aria-busy", "true");
  const taken = await surface.click({ action_id: element.action_id, block_id: blockId, value });
  node.removeAttribute("aria-busy");
  if (!taken) node.after(errorMark());
  return true;
}

const errorMark = () =>
  h("span", { class: "click-error", role: "alert", title: "The app did not answer" }, "⚠", spoken("The app did not answer"));
