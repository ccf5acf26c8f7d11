/** A way to try what happens to a link that is forwarded: the link of a Connect button, to be copied. */

import { h } from "./dom.js";

/**
 * @param {object} message
 * @returns {HTMLElement|null} null when the message holds no sign-in link
 */
export function forwardLink(message) {
  const link = (message.blocks ?? []).flatMap(elementsOf).map(({ url }) => url).find(isSignIn);
  if (!link) return null;
  const told = h("span", { role: "status" });
  const copy = async () => {
    told.textContent = (await copied(link))
      ? "Copied. Become someone else and open it in this browser."
      : "The browser refused to copy; the link is selected above.";
  };
  const field = h("input", { class: "link", readonly: true, value: link, "aria-label": "Sign-in link", onfocus: selectAll });
  const button = h("button", { type: "button", class: "button small", onclick: copy }, "Copy link");
  return h(
    "details",
    { class: "forward" },
    h("summary", {}, "Sandbox: forward this link"),
    h("p", {}, "What if this link reaches someone else? Copy it, switch to another person, and paste it into the address bar."),
    h("div", { class: "forward-row" }, field, button),
    told,
  );
}

const elementsOf = (block) => [...(block.elements ?? []), block.accessory].filter(Boolean);
const isSignIn = (url) => url?.includes("/connect/") ?? false;
const selectAll = (event) => event.target.select();

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    document.querySelector(".forward[open] .link")?.select();
    return false;
  }
}
