/** The sandbox Slack's client API: what Slack's own desktop program would ask Slack for one person. */

/** The sandbox did not answer, or answered with something that is no answer. */
export class SandboxUnreachable extends Error {}

/** The workspace and everyone in it. */
export const readPeople = () => call("/api/people");

/** The business apps, the best known first. */
export const readApps = () => call("/api/apps");

/**
 * All that one person can see and do. `read` throws `SandboxUnreachable`; an act that never arrived answers {ok: false}.
 * @param {string} user a person's id, `U…`
 */
export function actAs(user) {
  const base = `/api/people/${encodeURIComponent(user)}`;
  const post = (verb) => (body = {}) =>
    call(`${base}/${verb}`, body).catch(() => ({ ok: false, error: "the sandbox did not answer" }));
  return {
    read: () => call(`${base}/messages`),
    click: post("click"),
    type: post("type"),
    submit: post("submit"),
    close: post("close"),
    home: post("home"),
    shortcut: post("shortcut"),
  };
}

async function call(path, body) {
  const request = body === undefined ? {} : posting(body);
  try {
    const response = await fetch(path, { cache: "no-store", ...request });
    return await response.json();
  } catch (error) {
    throw new SandboxUnreachable(`${path}: ${error.message}`);
  }
}

const posting = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});
