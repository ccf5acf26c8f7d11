/** Where the person types. What was begun in a conversation waits there. */

export class Composer {
  /**
   * @param {HTMLFormElement} form holds a textarea, its label, and an element for what went wrong
   * @param {object} person the acts of `client.js`
   * @param {() => Promise<void>} refresh
   */
  constructor(form, person, refresh) {
    const [field, label, told] = ["textarea", "label", "[role=status]"].map((found) => form.querySelector(found));
    Object.assign(this, { form, field, label, told, person, refresh, channel: null, drafts: new Map() });
    form.onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    field.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    };
  }

  /** @param {{id: string}} conversation @param {string} name as the reader knows it */
  show(conversation, name) {
    if (this.channel === conversation.id) return;
    this.drafts.set(this.channel, this.field.value);
    this.channel = conversation.id;
    this.field.value = this.drafts.get(this.channel) ?? "";
    this.field.placeholder = this.label.textContent = `Message ${name}`;
    this.told.textContent = "";
  }

  async #send() {
    const text = this.field.value.trim();
    if (text === "") return;
    this.field.value = "";
    const answer = await this.person.type({ channel: this.channel, text });
    this.told.textContent = answer.ok ? "" : `Not sent: ${answer.error ?? "Slack refused it"}`;
    if (!answer.ok) this.field.value ||= text;
    await this.refresh();
  }
}
