/** Keeps a list on the screen equal to a list of values, touching only what changed: focus and reading position stay. */

const shown = new WeakMap();

/**
 * @param {Element} parent holds nothing but this list
 * @param {any[]} items plain values
 * @param {(item: any) => string} key what makes an item the same item
 * @param {(item: any) => Element} render
 */
export function reconcile(parent, items, key, render) {
  const before = shown.get(parent) ?? new Map();
  const after = new Map(items.map((item) => [key(item), keepOrRender(before.get(key(item)), item, render)]));
  // What changed is replaced where it stands, so that what stays is never moved: moving an element takes its focus away.
  for (const [name, entry] of before) if (after.get(name) !== entry) swap(entry.node, after.get(name)?.node);
  [...after.values()].forEach(({ node }, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
  shown.set(parent, after);
}

/**
 * Gives the focus of something replaced to its successor: the same control, told by its Block Kit ids (or the like).
 * @returns {boolean} false where the successor holds no such control
 */
export function passFocus(focused, successor) {
  // A choice is one of several fields of its control.
  const { actionId, blockId } = (focused.closest("[data-action-id]") ?? focused).dataset;
  const same = [...successor.querySelectorAll("[data-action-id]")].find(
    (control) => control.dataset.actionId === actionId && control.dataset.blockId === blockId,
  );
  same?.focus();
  return same !== undefined;
}

function keepOrRender(entry, item, render) {
  const text = JSON.stringify(item);
  return entry?.text === text ? entry : { text, node: render(item) };
}

function swap(node, successor) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  if (!successor) return node.remove();
  node.replaceWith(successor);
  return focused && passFocus(focused, successor);
}
