/** The page: reads what the chosen person sees, shows it, and follows the address. */

import { actAs, readApps, readPeople } from "./client.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { FormDialog } from "./form.js";
import { showDeliveries } from "./happened.js";
import { HomeTab } from "./home.js";
import { Names } from "./names.js";
import { showNotices } from "./notices.js";
import { keepOpen, togglePanel } from "./panels.js";
import { Poll } from "./poll.js";
import { currentRoute, HOME, routeHash } from "./route.js";
import { arrive, signedInAs, signInAs, watchOtherTabs } from "./session.js";
import { Shortcuts } from "./shortcuts.js";
import { Sidebar, titleOf } from "./sidebar.js";

/** The place that means "the app's direct messages", whoever looks. */
const DIRECT = "dm";
const WIDE = "(min-width: 60rem)";
const RETRY_MS = 1000;
const NOT_HERE = "Countersign is not in this channel: it hears commands here, but no mentions.";

const at = (id) => document.getElementById(id);

class Page {
  constructor(people, person, shortcuts) {
    const acts = actAs(person);
    Object.assign(this, { people, person, acts, snapshot: null, opened: null });
    this.poll = new Poll(acts.read, (snapshot) => this.show(snapshot), () => this.#offline(true));
    const refresh = () => this.poll.now();
    this.sidebar = new Sidebar(at("places"), (chosen) => this.#become(chosen));
    const menus = new Shortcuts(shortcuts, acts, refresh);
    menus.openBy(at("shortcuts"));
    this.conversation = new Conversation(at("log"), acts, refresh, menus);
    this.home = new HomeTab(at("home"), acts, refresh);
    this.form = new FormDialog(at("form"), acts, refresh);
    this.composer = new Composer(at("composer"), acts, refresh);
  }

  /** Puts one answer of the client API on the screen. */
  show(snapshot) {
    this.#offline(false);
    this.snapshot = snapshot;
    const { conversations, deliveries, form, notices } = snapshot;
    const names = new Names(this.people, conversations, conversations.flatMap(({ messages }) => messages));
    const place = placeIn(conversations);
    // The warnings first: they take room from the messages, whose end is then scrolled to.
    showNotices(at("notices"), notices);
    this.sidebar.showPeople(this.people, this.person);
    this.sidebar.showPlaces(this.person, conversations, place);
    this.#showPlace(place, names);
    this.form.show(form, names);
    showDeliveries(at("deliveries"), deliveries);
  }

  /** Shows another place of the same person at once, from what is known, and then reads again. */
  async visit() {
    if (this.snapshot) this.show(this.snapshot);
    if (currentRoute().place === HOME) await this.acts.home();
    await this.poll.now();
  }

  #showPlace(place, names) {
    const atHome = place === HOME;
    const conversation = this.snapshot.conversations.find(({ id }) => id === place);
    at("home").hidden = !atHome;
    at("log").hidden = at("composer").hidden = atHome;
    at("title").textContent = atHome ? "Countersign · Home" : titleOf(conversation);
    at("about").textContent = conversation?.app_is_member === false ? NOT_HERE : "";
    document.title = `${at("title").textContent} · ${names.user(this.person)} · Sandbox`;
    if (atHome) return this.home.show(this.snapshot.home, names);
    this.composer.show(conversation, titleOf(conversation));
    return this.conversation.show(conversation, names);
  }

  #become(person) {
    const { place } = currentRoute();
    // Direct messages have another id for each person.
    const direct = this.snapshot?.conversations.some(({ id, kind }) => id === place && kind === "dm");
    signInAs(person, routeHash(person, direct ? DIRECT : place), false);
  }

  #offline(offline) {
    at("offline").hidden = !offline;
  }
}

function placeIn(conversations) {
  const { place } = currentRoute();
  if (place === HOME) return HOME;
  const found = conversations.find(({ id, kind }) => id === place || (place === DIRECT && kind === "dm"));
  return (found ?? conversations.find(({ kind }) => kind === "channel") ?? conversations[0]).id;
}

/** The person of the address, else whoever this browser is, else the one with whom the story begins. */
function chosenPerson(people) {
  const wanted = [currentRoute().person, signedInAs(), document.body.dataset.storyBegins];
  return wanted.find((id) => people.some((person) => person.id === id)) ?? people[0].id;
}

async function reachSandbox() {
  for (;;) {
    try {
      return { ...(await readPeople()), ...(await readApps()) };
    } catch {
      at("offline").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function foldPanels() {
  keepOpen(at("guide"), WIDE);
  togglePanel(at("show-happened"), matchMedia("(min-width: 80rem)").matches);
  const showPlaces = togglePanel(at("show-places"), false);
  at("places").addEventListener("click", (event) => event.target.closest("a") && showPlaces(false));
}

function watchSession(people, person) {
  const { real_name: name } = people.find(({ id }) => id === person);
  watchOtherTabs((other) => {
    const someone = people.find(({ id }) => id === other)?.real_name ?? "someone else";
    at("session").hidden = other === person;
    at("session-text").textContent = `In another tab this browser became ${someone}.`;
    at("session-back").textContent = `Sign in as ${name} again`;
  });
  at("session-back").addEventListener("click", () => signInAs(person, location.hash, false));
}

/** True when this browser is the person already; otherwise it goes away to become them. */
function isBrowserOf(person) {
  if (signedInAs() === person) return true;
  signInAs(person, routeHash(person, currentRoute().place), true);
  return false;
}

async function start() {
  foldPanels();
  const arrived = arrive();
  const { people, workspace, app, apps } = await reachSandbox();
  const person = chosenPerson(people);
  if (person !== arrived && !isBrowserOf(person)) return;
  at("workspace").textContent = workspace.name;
  watchSession(people, person);
  const page = new Page(people, person, app.shortcuts);
  page.sidebar.showApps(apps);
  addEventListener("hashchange", () => {
    const chosen = chosenPerson(people);
    if (!isBrowserOf(chosen)) return;
    if (chosen === person) page.visit();
    else location.reload();
  });
  await page.visit();
}

start();
