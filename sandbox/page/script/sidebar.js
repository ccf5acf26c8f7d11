/** People, conversations and the apps: everything that can be gone to. */

import { h, spoken } from "./dom.js";
import { avatar } from "./message.js";
import { reconcile } from "./reconcile.js";
import { HOME, routeHash } from "./route.js";
import { site } from "./session.js";

/** Apps that are always in sight: those whose cards are there from the start. */
const IN_SIGHT = 2;

export class Sidebar {
  /**
   * @param {HTMLElement} root
   * @param {(person: string) => void} become called when another person is chosen (or the same one once more)
   */
  constructor(root, become) {
    this.lists = Object.fromEntries([...root.querySelectorAll("[data-list]")].map((list) => [list.dataset.list, list]));
    this.become = become;
    this.seen = new Map();
  }

  /** @param {{id: string, name: string}[]} apps the best known first */
  showApps(apps) {
    const [first, more] = [apps.slice(0, IN_SIGHT), apps.slice(IN_SIGHT)];
    const link = ({ id, name }) => appLink(site(id), name);
    this.#fill("apps", first, link);
    this.#fill("more-apps", more, link);
    document.getElementById("more-apps").hidden = more.length === 0;
    const audits = first.map(({ id, name }) => ({ id, name: `Whom ${name} recorded` }));
    reconcile(document.querySelector("[data-list=audits]"), audits, keyOf, (audit) => h("li", {}, link(audit)));
  }

  /**
   * @param {object[]} people
   * @param {string} current the person's id
   */
  showPeople(people, current) {
    const items = people.map(({ id, real_name, title }) => ({ id, name: real_name, title, current: id === current }));
    this.#fill("people", items, (person) => this.#personButton(person));
  }

  /**
   * @param {string} person
   * @param {object[]} conversations
   * @param {string} place the conversation that is open, or HOME
   */
  showPlaces(person, conversations, place) {
    const items = conversations.map((conversation) => this.#item(person, conversation, place));
    this.#fill("channels", items.filter(({ kind }) => kind === "channel"), placeLink);
    this.#fill("direct", items.filter(({ kind }) => kind === "dm"), placeLink);
    const home = { id: HOME, name: "Countersign · Home", href: routeHash(person, HOME), current: place === HOME };
    this.#fill("home", [home], placeLink);
  }

  #item(person, { id, kind, name, messages }, place) {
    const last = messages.at(-1)?.ts ?? "";
    if (id === place || !this.seen.has(id)) this.seen.set(id, last);
    const news = this.seen.get(id) !== last && last !== "";
    return { id, kind, name: titleOf({ kind, name }), href: routeHash(person, id), current: id === place, news };
  }

  #personButton({ id, name, title, current }) {
    const words = h("span", { class: "person-words" }, h("b", {}, name), h("small", {}, title));
    const attributes = { type: "button", class: "person", "aria-pressed": String(current), "aria-label": name };
    return h("button", { ...attributes, onclick: () => this.become(id) }, avatar(name), words);
  }

  #fill(list, items, render) {
    reconcile(this.lists[list], items, keyOf, (item) => h("li", {}, render(item)));
  }
}

/** A conversation's name as the reader knows it: `#approvals`, or the app's for its direct messages. */
export const titleOf = ({ kind, name }) => (kind === "dm" ? "Countersign" : `#${name.replace(/^#/, "")}`);

const keyOf = ({ id }) => id;

const placeLink = ({ name, href, current, news }) =>
  h("a", { href, class: news ? "place news" : "place", "aria-current": current && "page" }, name, news && spoken("new messages"));

const appLink = (href, name) =>
  h("a", { href, target: "_blank", rel: "noopener", class: "place" }, name, h("span", { class: "arrow", "aria-hidden": "true" }, "↗"));
