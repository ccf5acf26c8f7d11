/** The controls of one view together: what was typed into them, and what is wrong with it. */

/** Slack's own words for a required field that was left empty. */
const REQUIRED = "Please complete this required field.";

export class Fields {
  constructor() {
    this.controls = [];
  }

  /** Takes in one control; the blocks call it while they are rendered. */
  remember(blockId, actionId, control) {
    this.controls.push({ blockId, actionId, ...control });
  }

  /** `view.state.values`: {block_id: {action_id: state value}}. */
  read() {
    const values = {};
    for (const { blockId, actionId, read } of this.controls) (values[blockId] ??= {})[actionId] = read();
    return values;
  }

  /** Puts earlier values back where the same block and action are still there, as Slack keeps them over `views.update`. */
  write(values = {}) {
    for (const { blockId, actionId, write } of this.controls) {
      const state = values[blockId]?.[actionId];
      if (state) write(state);
    }
  }

  /** What Slack's own program refuses before the app is asked: {block_id: text}. */
  problems() {
    const found = this.controls.filter(({ block }) => block).map(({ blockId, block, read }) => [blockId, problem(block, read())]);
    return Object.fromEntries(found.filter(([, text]) => text));
  }

  /** Shows each error under its field, clears the others, and leads to the first. */
  tell(errors) {
    for (const { blockId, tell } of this.controls) tell?.(errors[blockId]);
    this.controls.find(({ blockId }) => blockId in errors)?.target.focus();
  }
}

function problem({ element, optional }, state) {
  const { type, ...given } = state;
  const [value] = Object.values(given);
  if (value === null || value.length === 0) return optional ? null : REQUIRED;
  if (type === "number_input") return numberProblem(element, value);
  return type.endsWith("_input") ? lengthProblem(element, value) : null;
}

function numberProblem({ is_decimal_allowed: decimals, min_value: least, max_value: most }, value) {
  const pattern = decimals ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  if (!pattern.test(value.trim())) return decimals ? "Enter a number." : "Enter a whole number.";
  if (least !== undefined && Number(value) < Number(least)) return `Enter ${least} or more.`;
  if (most !== undefined && Number(value) > Number(most)) return `Enter ${most} or less.`;
  return null;
}

function lengthProblem({ min_length: least = 0, max_length: most = 3000 }, value) {
  if (value.length < least) return `Write at least ${least} characters.`;
  return value.length > most ? `Write at most ${most} characters.` : null;
}
