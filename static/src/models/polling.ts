const SECOND_MS = 1000;

/** Asks again and again, after some patience first, until there is nothing more to ask about or it is told to stop. */
export class Polling {
  readonly #ask: () => Promise<boolean>;
  readonly #patienceMs: number;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `ask` says whether there is more to ask about. */
  constructor(patienceMs: number, ask: () => Promise<boolean>, everyMs = SECOND_MS) {
    this.#patienceMs = patienceMs;
    this.#everyMs = everyMs;
    this.#ask = ask;
  }

  start(): void {
    this.#timer ??= setTimeout(() => this.#poll(), this.#patienceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #poll(): Promise<void> {
    const round = this.#timer;
    const isMore = await this.#ask();
    // Told to stop while it asked, and perhaps to start anew.
    if (this.#timer !== round) return;
    this.#timer = isMore ? setTimeout(() => this.#poll(), this.#everyMs) : undefined;
  }
}
