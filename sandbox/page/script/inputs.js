/** Block Kit's `input` block: label, control, hint, and the place where its error is told. */

import { controlFor, isControl } from "./controls.js";
import { freshId, h } from "./dom.js";
import { plainText } from "./text.js";

/**
 * @param {object} block an `input` block
 * @param {import("./surface.js").Surface} surface
 * @returns {HTMLElement}
 */
export function inputBlock(block, surface) {
  const { element } = block;
  if (!isControl(element.type)) return h("div", { class: "unknown" }, `${element.type} is not shown here`);
  const control = controlFor(element, surface.names);
  const hint = block.hint && h("p", { id: freshId("hint"), class: "hint" }, plainText(block.hint));
  const error = h("p", { id: freshId("error"), class: "field-error", hidden: true });
  describe(control.target, block, hint, error);
  if (block.dispatch_action) listen(control, block, surface);
  const telling = { ...control, tell: (text) => tell(control, error, text) };
  surface.fields.remember(block.block_id, element.action_id, telling);
  return h("div", { class: "input" }, labelOf(block, control), control.node, hint, error);
}

function labelOf(block, control) {
  const words = [plainText(block.label), block.optional && h("small", {}, " (optional)")];
  // A group of choices has no single control that a <label> could point to.
  if (!control.target.matches("input, select, textarea")) {
    const id = freshId("label");
    control.target.setAttribute("aria-labelledby", id);
    return h("div", { id, class: "input-label" }, words);
  }
  return h("label", { class: "input-label", for: control.target.id }, words);
}

function describe(target, block, hint, error) {
  target.dataset.blockId = block.block_id;
  target.setAttribute("aria-describedby", [hint?.id, error.id].filter(Boolean).join(" "));
  if (!block.optional) target.setAttribute("aria-required", "true");
}

function listen(control, block, surface) {
  const { action_id } = block.element;
  control.node.addEventListener("change", () =>
    surface.click({ action_id, block_id: block.block_id, value: control.read() }),
  );
}

function tell(control, error, text) {
  error.textContent = text ?? "";
  error.hidden = !text;
  if (text) control.target.setAttribute("aria-invalid", "true");
  else control.target.removeAttribute("aria-invalid");
}
