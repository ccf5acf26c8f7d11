/**
 * Block Kit's elements that hold a value. Each control is {node, target, read, write}: `target` takes the focus, `read`
 * gives Slack's state value (docs.slack.dev, "view_submission payload", `view.state.values`), `write` takes one back.
 */

import { freshId, h } from "./dom.js";
import { plainText, textNodes } from "./text.js";

const INPUT_TYPES = {
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
};
const PICKERS = {
  datepicker: { type: "date", key: "selected_date", initial: "initial_date" },
  timepicker: { type: "time", key: "selected_time", initial: "initial_time" },
};
const MAKERS = {
  static_select: optionSelect,
  users_select: userSelect,
  checkboxes: choices,
  radio_buttons: choices,
};

/** True for the elements that this module can show. */
export const isControl = (type) => type in INPUT_TYPES || type in PICKERS || type in MAKERS;

/**
 * @param {object} element Block Kit element
 * @param {import("./names.js").Names} names
 * @param {string|null} label accessible name where no visible label stands before the control
 */
export function controlFor(element, names, label = null) {
  const maker = MAKERS[element.type] ?? (element.type in PICKERS ? picker : textInput);
  const control = maker(element, names);
  control.target.dataset.actionId = element.action_id ?? "";
  if (!control.target.id) control.target.id = freshId("control");
  if (label) control.target.setAttribute("aria-label", label);
  return control;
}

function textInput(element) {
  const target = element.multiline ? h("textarea", { rows: 4 }) : h("input", { type: INPUT_TYPES[element.type] });
  // A number stays a text field, as in Slack: a `number` field would drop what it can't read, and no error could be shown.
  if (element.type === "number_input") target.inputMode = element.is_decimal_allowed ? "decimal" : "numeric";
  target.placeholder = plainText(element.placeholder);
  target.value = element.initial_value ?? "";
  return {
    node: target,
    target,
    read: () => ({ type: element.type, value: target.value === "" ? null : target.value }),
    write: (state) => (target.value = state.value ?? ""),
  };
}

function picker(element) {
  const { type, key, initial } = PICKERS[element.type];
  const target = h("input", { type, value: element[initial] ?? "" });
  return {
    node: target,
    target,
    read: () => ({ type: element.type, [key]: target.value || null }),
    write: (state) => (target.value = state[key] ?? ""),
  };
}

function optionSelect(element) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  const options = groups.flatMap((group) => group.options);
  const menu = (list) => list.map((option) => h("option", { value: option.value }, plainText(option.text)));
  const target = h(
    "select",
    {},
    h("option", { value: "" }, plainText(element.placeholder) || "Choose an option"),
    groups.map((group) =>
      group.label ? h("optgroup", { label: plainText(group.label) }, menu(group.options)) : menu(group.options),
    ),
  );
  const write = (state) => (target.value = state.selected_option?.value ?? "");
  write({ selected_option: element.initial_option });
  const selected = () => options.find((option) => option.value === target.value) ?? null;
  return { node: target, target, read: () => ({ type: element.type, selected_option: selected() }), write };
}

function userSelect(element, names) {
  const target = h(
    "select",
    {},
    h("option", { value: "" }, plainText(element.placeholder) || "Choose a person"),
    names.people.map((person) => h("option", { value: person.id }, person.real_name ?? person.name)),
  );
  const write = (state) => (target.value = state.selected_user ?? "");
  write({ selected_user: element.initial_user });
  return { node: target, target, read: () => ({ type: element.type, selected_user: target.value || null }), write };
}

function choices(element, names) {
  const many = element.type === "checkboxes";
  const group = freshId("choice");
  const boxes = element.options.map((option) => {
    const input = h("input", { type: many ? "checkbox" : "radio", name: group, value: option.value });
    const description = textNodes(option.description, names);
    const words = h("span", {}, textNodes(option.text, names), description.length > 0 && h("small", {}, description));
    return { option, input, row: h("label", { class: "choice" }, input, words) };
  });
  const target = h("div", { class: "choices", role: many ? "group" : "radiogroup", tabindex: "-1" });
  target.append(...boxes.map(({ row }) => row));
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ option }) => option);
  const write = (state) => {
    const values = [state.selected_options ?? [], state.selected_option ?? []].flat().map((option) => option.value);
    for (const { option, input } of boxes) input.checked = values.includes(option.value);
  };
  write({ selected_options: element.initial_options, selected_option: element.initial_option });
  const value = () => (many ? { selected_options: chosen() } : { selected_option: chosen()[0] ?? null });
  return { node: target, target, read: () => ({ type: element.type, ...value() }), write };
}
