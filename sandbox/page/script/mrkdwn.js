/**
 * Slack's mrkdwn as DOM nodes (docs.slack.dev, "Formatting message text"). Every leaf is a text node; only `&amp;`, `&lt;`
 * and `&gt;` are decoded, as Slack does.
 */

import { formatDate } from "./dates.js";
import { BARE_ADDRESS, h, outsideLink } from "./dom.js";
import { emoji } from "./emoji.js";

const FENCE = /```\n?([\s\S]+?)```/;
const QUOTED = /^(?:>|&gt;) ?/;

// A marker counts only at the edge of a word. Links and code inside it are taken whole, so that an underscore in an
// address ends nothing; the alternatives exclude each other, so that no text makes the search slow.
const between = (marker) =>
  `(?<![\\p{L}\\p{N}])[${marker}](?!\\s)((?:<[^<>\\n]*>|\`[^\`\\n]*\`|[^\\n<\`${marker}])+)(?<!\\s)[${marker}](?![\\p{L}\\p{N}])`;
const INLINE = new RegExp(
  [
    "`([^`\\n]+)`",
    "<([^<>\\n]+)>",
    between("*"),
    between("_"),
    between("~"),
    ":([a-z0-9_+-]+):",
    `(${BARE_ADDRESS})`,
  ].join("|"),
  "gu",
);

/**
 * @param {string} text
 * @param {import("./names.js").Names} names what the ids in mentions stand for
 * @returns {Node[]}
 */
export function mrkdwn(text, names) {
  return text.split(FENCE).flatMap((part, index) =>
    index % 2 === 1 ? h("pre", {}, h("code", {}, decode(part))) : lines(part, names),
  );
}

function lines(text, names) {
  const nodes = [];
  for (const [quoted, block] of runs(text.split("\n"))) {
    if (quoted) nodes.push(h("blockquote", {}, inline(block, names)));
    else if (block.trim() !== "") nodes.push(h("span", { class: "run" }, inline(block.replace(/^\n|\n$/g, ""), names)));
  }
  return nodes;
}

function runs(all) {
  const found = [];
  for (const line of all) {
    const quoted = QUOTED.test(line);
    const text = line.replace(QUOTED, (sign) => (quoted ? "" : sign));
    if (found.at(-1)?.[0] === quoted) found.at(-1)[1] += `\n${text}`;
    else found.push([quoted, text]);
  }
  return found;
}

function inline(text, names) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(decode(text.slice(end, match.index)), token(match, names));
    end = match.index + match[0].length;
  }
  nodes.push(decode(text.slice(end)));
  return nodes.filter((node) => node !== "");
}

function token([whole, code, angle, bold, italic, struck, name, bare], names) {
  if (code) return h("code", {}, decode(code));
  if (angle) return reference(angle, names) ?? decode(whole);
  if (bold) return h("strong", {}, inline(bold, names));
  if (italic) return h("em", {}, inline(italic, names));
  if (struck) return h("s", {}, inline(struck, names));
  return name ? emoji(name) : outsideLink(decode(bare), decode(bare));
}

function reference(body, names) {
  const [target, label] = split(body);
  if (target.startsWith("@")) return mention(`@${label ?? names.user(target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${label || names.channel(target.slice(1))}`);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return outsideLink(decode(target), decode(label ?? target.replace(/^mailto:/, "")));
}

function special(target, label) {
  const [kind, seconds, format, address] = target.split("^");
  if (kind !== "date") return mention(kind === "subteam" || label ? decode(label ?? `@${seconds}`) : `@${kind}`);
  const text = formatDate(Number(seconds), format ?? "") ?? decode(label ?? "");
  return address ? outsideLink(decode(address), text) : h("time", {}, text);
}

const mention = (text) => h("span", { class: "mention" }, text);

function split(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body, undefined] : [body.slice(0, bar), body.slice(bar + 1)];
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const decode = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
