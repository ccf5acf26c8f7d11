/** Block Kit's confirm dialog: asks before an act is carried out. */

import { freshId, h } from "./dom.js";
import { plainText, textNodes } from "./text.js";

/**
 * @param {{title, text, confirm, deny, style?: string}} dialog Block Kit's confirmation object
 * @param {import("./names.js").Names} names
 * @returns {Promise<boolean>} true when the person confirmed; Esc and the closing button deny
 */
export function confirmed(dialog, names) {
  const title = freshId("confirm");
  const close = (answer) => () => box.close(answer);
  const style = dialog.style === "danger" ? "button danger" : "button primary";
  const box = h(
    "dialog",
    { class: "confirm", "aria-labelledby": title },
    h("h2", { id: title }, plainText(dialog.title)),
    h("div", { class: "confirm-text" }, textNodes(dialog.text, names)),
    h(
      "div",
      { class: "dialog-buttons" },
      h("button", { type: "button", class: "button", onclick: close("deny") }, plainText(dialog.deny)),
      h("button", { type: "button", class: style, onclick: close("confirm") }, plainText(dialog.confirm)),
    ),
  );
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue === "confirm");
    });
  });
}
