/** The app's shortcuts: global ones beside the composer, and those on a message in the message's own menu. */

import { h } from "./dom.js";
import { opensMenu } from "./menu.js";

export class Shortcuts {
  /**
   * @param {{name: string, type: string, callback_id: string, description: string}[]} registered as in the app's manifest
   * @param {object} person the acts of `client.js`
   * @param {() => Promise<void>} refresh shows what the act led to
   */
  constructor(registered, person, refresh) {
    Object.assign(this, { registered, person, refresh });
  }

  /** Lets the composer's button open the menu of global shortcuts; without any it stays hidden. */
  openBy(button) {
    const items = this.#items("global", {});
    button.hidden = items.length === 0;
    if (items.length > 0) opensMenu(button, items);
  }

  /**
   * @param {{channel: string, ts: string}} place of the message
   * @returns {HTMLButtonElement|null} opens the menu of this message; null where the app has no shortcut on messages
   */
  ofMessage(place) {
    const items = this.#items("message", place);
    if (items.length === 0) return null;
    const same = { "data-action-id": "more-actions", "data-block-id": "" };
    const button = h("button", { type: "button", class: "icon more-actions", "aria-label": "More actions", ...same }, "⋮");
    opensMenu(button, items);
    return button;
  }

  #items(wanted, place) {
    return this.registered
      .filter(({ type }) => type === wanted)
      .map(({ name, description, callback_id }) => ({ name, description, act: () => this.#use({ callback_id, ...place }) }));
  }

  async #use(shortcut) {
    await this.person.shortcut(shortcut);
    await this.refresh();
  }
}
