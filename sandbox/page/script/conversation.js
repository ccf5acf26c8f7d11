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
   */
  constructor(log, person, refresh) {
    Object.assign(this, { log, person, refresh, shown: null, follow: true });
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
      (message) => messageNode(message, this.#surface(conversation.id, message.ts, names)),
    );
    if (this.follow) log.scrollTop = log.scrollHeight;
    this.shown = conversation.id;
  }

  #surface(channel, ts, names) {
    return surfaceAt({ channel, ts }, names, async (click) => {
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
