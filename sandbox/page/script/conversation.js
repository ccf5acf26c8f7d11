/** The messages of one channel or direct conversation. */

import { isReply, messageNode } from "./message.js";
import { reconcile } from "./reconcile.js";
import { surfaceAt } from "./surface.js";

/** Nearer to the end than this (pixels), the reader wants to see what comes next. */
const NEAR_END = 60;

export class Conversation {
  /**
   * @param {HTMLElement} log scrolls, and tells screen readers what is added
   * @param {object} person the acts of `client.js`
   * @param {() => Promise<void>} refresh
   * @param {import("./shortcuts.js").Shortcuts} shortcuts
   */
  constructor(log, person, refresh, shortcuts) {
    Object.assign(this, { log, person, refresh, shortcuts, shown: null, follow: true });
    log.onscroll = () => (this.follow = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END);
  }

  /** @param {{id: string, messages: object[]}} conversation */
  show(conversation, names) {
    const { log } = this;
    const entered = this.shown !== conversation.id;
    this.follow ||= entered;
    // Entering a conversation is no news: only what comes later is read out.
    log.setAttribute("aria-live", entered ? "off" : "polite");
    reconcile(
      log,
      inThreads(conversation.messages),
      ({ ts }) => `${conversation.id}/${ts}`,
      (message) => this.#render(message, conversation.id, names),
    );
    if (this.follow) log.scrollTop = log.scrollHeight;
    this.shown = conversation.id;
  }

  #render(message, channel, names) {
    const place = { channel, ts: message.ts };
    // Slack offers no shortcuts on what only one person sees (docs.slack.dev, "Implementing shortcuts").
    const more = message.ephemeral ? null : this.shortcuts.ofMessage(place);
    return messageNode(message, this.#surface(place, names), more);
  }

  #surface(place, names) {
    return surfaceAt(place, names, async (click) => {
      const answer = await this.person.click(click);
      await this.refresh();
      return answer;
    });
  }
}

/** Answers stand behind the message that they answer. */
function inThreads(messages) {
  const heads = messages.filter((message) => !isReply(message) || !messages.some(({ ts }) => ts === message.thread_ts));
  return heads.flatMap((head) => [head, ...messages.filter((reply) => isReply(reply) && reply.thread_ts === head.ts)]);
}
