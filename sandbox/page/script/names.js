/** Who and what the ids in messages stand for. */
export class Names {
  /**
   * @param {{id: string, name: string, real_name: string}[]} people
   * @param {{id: string, name: string}[]} conversations
   * @param {{user: string, username: string}[]} messages the app's bot user is known only by its messages
   */
  constructor(people, conversations = [], messages = []) {
    this.people = people;
    this.known = new Map(messages.map(({ user, username }) => [user, username]));
    for (const { id, name } of people) this.known.set(id, name);
    this.channels = new Map(conversations.map(({ id, name }) => [id, name]));
  }

  /** The display name of a person or bot; the id itself when nobody knows it. */
  user(id) {
    return this.known.get(id) ?? id;
  }

  /** The channel's name without its sign. */
  channel(id) {
    return (this.channels.get(id) ?? id).replace(/^#/, "");
  }

  /** True for people, false for the app. */
  isPerson(id) {
    return this.people.some((person) => person.id === id);
  }
}
