/**
 * Whoever is shown here is also who this browser is at Slack and at the apps, as on a real person's machine. The cookies
 * live on the other sites, out of this page's reach: so it sends the browser there, and remembers whom it sent.
 */

const REMEMBERED = "countersign.sandbox.person";
const ON_THE_WAY = "countersign.sandbox.on-the-way";

/** The address of one of the sandbox's other sites: "slack", "servicenow", "salesforce". */
export const site = (name, path = "/") =>
  `${location.protocol}//${name}.localhost${location.port && `:${location.port}`}${path}`;

/** The person as whom this page last signed the browser in, or null. */
export const signedInAs = () => localStorage.getItem(REMEMBERED);

/**
 * Leaves the page: Slack's site signs the browser in as the person, the apps' sessions end, and all comes back to `hash`.
 * @param {boolean} replace true when nobody asked for it by a click, so that Back does not lead here again
 */
export function signInAs(person, hash, replace) {
  sessionStorage.setItem(ON_THE_WAY, person);
  const query = new URLSearchParams({ person, return_to: `${location.origin}/${hash}` });
  const address = site("slack", `/session/switch?${query}`);
  if (replace) location.replace(address);
  else location.assign(address);
}

/**
 * Notes that this tab is back from being signed in. Only the way back counts: two tabs that leave at the same time would
 * otherwise each find the other's person on their return, and leave again for ever.
 */
export function arrive() {
  const person = sessionStorage.getItem(ON_THE_WAY);
  sessionStorage.removeItem(ON_THE_WAY);
  if (person !== null) localStorage.setItem(REMEMBERED, person);
  return person;
}

/** Calls back with the person's id when another tab of this browser becomes someone else. */
export function watchOtherTabs(callback) {
  addEventListener("storage", (event) => {
    if (event.key === REMEMBERED) callback(event.newValue);
  });
}
