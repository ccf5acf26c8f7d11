/** Where the reader is, kept in the address: `#/U0JOSIE/C0APPROVALS`, or `#/U0JOSIE/home` for the app's Home tab. */

export const HOME = "home";

/** @returns {{person: string|null, place: string|null}} */
export function currentRoute() {
  const [, person, place] = location.hash.split("/").map(decodeURIComponent);
  return { person: person || null, place: place || null };
}

/** The address's part behind the page itself. */
export const routeHash = (person, place) =>
  `#/${[person, place].filter(Boolean).map(encodeURIComponent).join("/")}`;
