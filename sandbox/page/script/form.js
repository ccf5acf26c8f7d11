/** The open form (Slack's modal): the top of the person's stack of views. */

import { renderBlocks } from "./blocks.js";
import { freshId, h } from "./dom.js";
import { passFocus } from "./reconcile.js";
import { surfaceAt } from "./surface.js";
import { plainText } from "./text.js";

/** Slack's own words when a form's app did not answer. */
const TROUBLE = "We had some trouble connecting. Try again?";

export class FormDialog {
  /**
   * @param {HTMLDialogElement} box
   * @param {object} person the acts of `client.js`
   * @param {() => Promise<void>} refresh shows what the act led to
   */
  constructor(box, person, refresh) {
    Object.assign(this, { box, person, refresh, view: null, shape: "", fields: null, typed: new Map() });
    box.oncancel = (event) => {
      event.preventDefault();
      this.close();
    };
    // A browser may close a dialog without asking (Esc twice): the form is then closed for Slack as well.
    box.onclose = () => this.view && this.close();
  }

  /** Shows the view, or nothing when it is null. What was typed stays where block and action are still there. */
  show(view, names) {
    if (!view) return this.#leave();
    const { state, ...rest } = view;
    const shape = JSON.stringify(rest);
    if (shape === this.shape) return undefined;
    if (this.view) this.typed.set(this.view.id, this.fields.read());
    const same = this.view?.id === view.id;
    Object.assign(this, { view, shape });
    return this.#replace(this.#content(view, names, this.typed.get(view.id) ?? state?.values), same);
  }

  /** Closes the top form, as its closing button does. */
  async close() {
    await this.person.close({ view_id: this.view.id });
    await this.refresh();
  }

  #leave() {
    Object.assign(this, { view: null, shape: "" });
    this.typed.clear();
    this.box.close();
  }

  #replace(content, same) {
    const focused = same && this.box.contains(document.activeElement) ? document.activeElement : null;
    const read = same ? this.box.querySelector(".form-body").scrollTop : 0;
    this.box.replaceChildren(content);
    if (!this.box.open) this.box.showModal();
    content.querySelector(".form-body").scrollTop = read;
    // A form that begins with "loading" holds nothing that could have had the focus, or still has it afterwards.
    if (!focused || !passFocus(focused, content)) this.#focusFirst(content);
  }

  #focusFirst(content) {
    (this.fields.controls[0]?.target ?? content.querySelector("button")).focus();
  }

  #content(view, names, values) {
    const title = freshId("form");
    const surface = surfaceAt({ view_id: view.id }, names, (click) => this.#click(click));
    this.fields = surface.fields;
    this.trouble = h("p", { class: "trouble", role: "alert" });
    this.box.setAttribute("aria-labelledby", title);
    const content = h(
      "form",
      { novalidate: true, "data-view-id": view.id, onsubmit: (event) => this.#submit(event) },
      h("header", {}, h("h2", { id: title }, plainText(view.title)), this.#cross()),
      h("div", { class: "form-body" }, renderBlocks(view.blocks, surface)),
      h("footer", { class: "dialog-buttons" }, this.trouble, this.#buttons(view)),
    );
    this.fields.write(values);
    return content;
  }

  #cross() {
    return h("button", { type: "button", class: "icon", "aria-label": "Close the form", onclick: () => this.close() }, "✕");
  }

  #buttons(view) {
    const close = plainText(view.close) || "Cancel";
    return [
      h("button", { type: "button", class: "button", onclick: () => this.close() }, close),
      view.submit && h("button", { type: "submit", class: "button primary" }, plainText(view.submit)),
    ];
  }

  async #click(click) {
    const answer = await this.person.click({ ...click, values: this.fields.read() });
    await this.refresh();
    return answer;
  }

  async #submit(event) {
    event.preventDefault();
    const [button, { fields, trouble }] = [event.submitter, this];
    trouble.textContent = "";
    button?.setAttribute("aria-busy", "true");
    const answer = await this.person.submit({ view_id: this.view.id, values: fields.read() });
    button?.removeAttribute("aria-busy");
    const errors = answer.errors ?? {};
    fields.tell(errors);
    if (!answer.ok && Object.keys(errors).length === 0) trouble.textContent = TROUBLE;
    await this.refresh();
  }
}
