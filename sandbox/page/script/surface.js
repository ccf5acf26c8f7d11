/** Where blocks stand: a message, the Home tab or a form. It knows the names in them and takes their clicks. */

/**
 * @typedef {object} Surface
 * @property {import("./names.js").Names} names
 * @property {(action: {action_id: string, block_id: string, value?: object}) => Promise<boolean>} click
 *   delivers a click; false when the app did not take it
 * @property {(blockId: string, actionId: string, control: object) => void} [remember]
 *   hands over each control that holds a value; only forms and the Home tab keep them
 */

/**
 * @param {object} place what the clicks of this surface say about where they happened: {channel, ts} or {view_id}
 * @param {import("./names.js").Names} names
 * @param {(click: object) => Promise<{ok: boolean}>} send
 * @returns {Surface}
 */
export const surfaceAt = (place, names, send) => ({
  names,
  click: async (action) => (await send({ ...place, ...action })).ok === true,
});
