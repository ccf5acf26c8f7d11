/** What can be folded away: the story, the list of places on a small screen, and what happened. */

/** A `<details>` that stays as the reader left it, and begins open where there is room. */
export function keepOpen(details, wide) {
  const remembered = localStorage.getItem(details.id);
  details.open = remembered === null ? matchMedia(wide).matches : remembered === "open";
  details.addEventListener("toggle", () => localStorage.setItem(details.id, details.open ? "open" : "closed"));
}

/**
 * A button that shows and hides a panel beside it.
 * @param {HTMLButtonElement} button carries `aria-controls`
 * @param {boolean} open
 * @returns {(open: boolean) => void} shows or hides it from elsewhere
 */
export function togglePanel(button, open) {
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  const set = (value) => {
    button.setAttribute("aria-expanded", String(value));
    panel.classList.toggle("open", value);
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  set(open);
  return set;
}
