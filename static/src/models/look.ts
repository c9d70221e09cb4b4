/**
 * Asks how things stand, one question at a time. An answer is as old as its question: if the page has changed
 * since, or was told to look again, it is thrown away and asked for anew.
 */
export class Look<T> {
  readonly #ask: () => Promise<T | null>;
  readonly #take: (answer: T) => void;
  #age = 0;
  #asking: Promise<void> | null = null;

  /** `ask` gives null when there is no answer to be had now. */
  constructor(ask: () => Promise<T | null>, take: (answer: T) => void) {
    this.#ask = ask;
    this.#take = take;
  }

  /** The page was changed: answers under way know nothing of it. */
  outdate(): void {
    this.#age += 1;
  }

  /** Resolves when the page stands as the server said, or when nothing could be learnt. */
  look(): Promise<void> {
    this.outdate();
    this.#asking ??= this.#askUntilFresh().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askUntilFresh(): Promise<void> {
    for (;;) {
      const age = this.#age;
      const answer = await this.#ask();
      if (answer === null) return;
      if (age === this.#age) return this.#take(answer);
    }
  }
}
