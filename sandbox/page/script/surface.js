/** Where blocks stand: a message, the Home tab or a form. It knows the names in them and takes their clicks. */

import { Fields } from "./fields.js";

/**
 * @typedef {object} Surface
 * @property {import("./names.js").Names} names
 * @property {(action: {action_id: string, block_id: string, value?: object}) => Promise<boolean>} click
 *   delivers a click; false when the app did not take it
 * @property {import("./fields.js").Fields} fields takes in each control that holds a value
 */

/**
 * A surface with no controls yet.
 * @param {object} place what the clicks of this surface say about where they happened: {channel, ts} or {view_id}
 * @param {import("./names.js").Names} names
 * @param {(click: object) => Promise<{ok: boolean}>} send
 * @returns {Surface}
 */
export const surfaceAt = (place, names, send) => ({
  names,
  fields: new Fields(),
  click: async (action) => (await send({ ...place, ...action })).ok === true,
});
