/** How long after an act its answer is looked for more often: it comes by way of queues, mostly within a second. */
const EAGER_MS = 5000;

/**
 * Reads again about once a second, at once after every act of the reader and then more often for a while, and not at all
 * while nobody looks.
 */
export class Poll {
  /**
   * @param {() => Promise<any>} read
   * @param {(answer: any) => void} show
   * @param {(error: Error) => void} fail takes what `read` threw
   * @param {number} pause milliseconds between an answer and the next question
   */
  constructor(read, show, fail, pause = 1000) {
    Object.assign(this, { read, show, fail, pause, reading: null, stale: false, timer: null, eagerUntil: 0 });
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  /** Reads now; resolves when what was true at the moment of the call is on the screen. */
  now() {
    this.eagerUntil = performance.now() + EAGER_MS;
    return this.#again();
  }

  #again() {
    // An answer that is under way may be older than the click that asks: it is read once more.
    this.stale = this.reading !== null;
    this.reading ??= this.#round().finally(() => (this.reading = null));
    return this.reading;
  }

  async #round() {
    clearTimeout(this.timer);
    try {
      do {
        this.stale = false;
        await this.#once();
      } while (this.stale);
    } finally {
      const pause = performance.now() < this.eagerUntil ? this.pause / 5 : this.pause;
      if (!document.hidden) this.timer = setTimeout(() => this.#again(), pause);
    }
  }

  async #once() {
    let answer;
    try {
      answer = await this.read();
    } catch (error) {
      return this.fail(error);
    }
    return this.show(answer);
  }
}
