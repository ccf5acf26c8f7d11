/**
 * A button that opens a menu, with the keys of w3.org/WAI/ARIA/apg/patterns/menu-button: Enter, Space and the arrows open
 * it, the arrows, Home, End and first letters move in it, Esc and Tab leave it. It is on the page only while it is open.
 */

import { freshId, h } from "./dom.js";

/** Pixels that stay free between a menu and the window's edge. */
const MARGIN = 8;

/**
 * @param {HTMLButtonElement} button has an accessible name, which is the menu's too
 * @param {{name: string, description: string, act: () => void}[]} items
 */
export function opensMenu(button, items) {
  let menu = null;
  const show = (which) => {
    menu ??= openMenu(button, items, () => (menu = null));
    menu.focusAt(which);
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (menu ? menu.close() : show(0)));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    show(event.key === "ArrowDown" ? 0 : -1);
  });
}

function openMenu(button, items, closed) {
  const entries = items.map((item) => entry(item, () => close(item.act)));
  const label = button.getAttribute("aria-label") ?? button.textContent;
  const node = h("div", { class: "menu", role: "menu", "aria-label": label }, entries);
  let left = false;
  const focusAt = (index) => entries.at(index % entries.length).focus();
  const close = (then) => {
    if (left) return;
    left = true;
    closed();
    button.setAttribute("aria-expanded", "false");
    // Before the menu goes, so that the focus is never nowhere, and what opens next gives it back to the button.
    if (node.contains(document.activeElement)) button.focus();
    node.remove();
    then?.();
  };
  node.addEventListener("keydown", (event) => onKey(event, entries, focusAt, close));
  // Whoever clicks or goes elsewhere has left it. The button closes it by itself.
  node.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget !== button && !node.contains(relatedTarget)) close();
  });
  document.body.append(node);
  button.setAttribute("aria-expanded", "true");
  place(node, button);
  return { focusAt, close };
}

function entry({ name, description }, act) {
  const id = freshId("menu");
  const described = description ? id : null;
  const attributes = { type: "button", role: "menuitem", tabindex: "-1", "aria-label": name, "aria-describedby": described };
  return h("button", { ...attributes, onclick: act }, h("b", {}, name), h("small", { id }, description));
}

function onKey(event, entries, focusAt, close) {
  const at = entries.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  if (event.key in moves) focusAt(moves[event.key]);
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return focusByLetter(event.key, [...entries.slice(at + 1), ...entries]);
  // Tab goes on from the button, to where it would have gone without the menu.
  if (event.key !== "Tab") event.preventDefault();
  return undefined;
}

const focusByLetter = (key, entries) =>
  entries.find((item) => item.getAttribute("aria-label").toLowerCase().startsWith(key.toLowerCase()))?.focus();

/** Under the button where there is room, else above it, and always inside the window. */
function place(node, button) {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const fits = bottom + height + MARGIN <= innerHeight;
  node.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  node.style.top = `${fits ? bottom : Math.max(MARGIN, top - height)}px`;
}
