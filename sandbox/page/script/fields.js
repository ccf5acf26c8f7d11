/** The controls of a message or view together: what was typed or chosen in them, and what is wrong with it. */
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

  /**
   * Shows each error under its field, clears the others, and leads to the first.
   * @param {Object<string, string>} errors by block_id
   */
  tell(errors) {
    for (const { blockId, tell } of this.controls) tell?.(errors[blockId]);
    this.controls.find(({ blockId }) => blockId in errors)?.target.focus();
  }
}
