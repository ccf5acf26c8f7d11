/** The app's Home tab. */

import { renderBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { Fields } from "./fields.js";
import { reconcile } from "./reconcile.js";
import { surfaceAt } from "./surface.js";

export class HomeTab {
  /**
   * @param {HTMLElement} node
   * @param {object} person the acts of `client.js`
   * @param {() => Promise<void>} refresh
   */
  constructor(node, person, refresh) {
    Object.assign(this, { node, person, refresh, fields: new Fields() });
  }

  /** @param {object|null} view what the app published for this person */
  show(view, names) {
    const items = view ? [view] : [];
    this.node.classList.toggle("empty", !view);
    reconcile(this.node, items, ({ id }) => id, (item) => this.#render(item, names));
  }

  #render(view, names) {
    const typed = this.fields.read();
    const surface = surfaceAt({ view_id: view.id }, names, (click) => this.#click(click));
    this.fields = surface.fields;
    const node = h("div", { class: "view", "data-view-id": view.id }, renderBlocks(view.blocks, surface));
    this.fields.write(typed);
    return node;
  }

  async #click(click) {
    const answer = await this.person.click({ ...click, values: this.fields.read() });
    await this.refresh();
    return answer;
  }
}
