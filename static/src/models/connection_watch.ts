/** So long a gap is nobody's business. */
const PATIENCE_MS = 2000;
/** A server that said it goes for a new one to come has so long to do it. */
const EXPECTED_GAP_MS = 15_000;
/** Longer than any restart: here a socket is not to be had, and the page gets along without. */
const SETTLED_MS = 30_000;

export type Connection = "fine" | "reconnecting" | "without" | "offline";

/** What is to be said of the connection: nothing of short gaps, nothing once it is back. */
export class ConnectionWatch {
  readonly #changed: (state: Connection) => void;
  #isOpen = false;
  #isOnline = true;
  #isTold = false;
  #isSettled = false;
  #state: Connection = "fine";
  #patience: Timer;
  #settling: Timer;

  constructor(changed: (state: Connection) => void) {
    this.#changed = changed;
    this.#gap(PATIENCE_MS);
  }

  /** There is a socket now, or there is none any more. */
  socket(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#look();
  }

  /** The browser says that there is a network, or none. */
  network(isOnline: boolean): void {
    this.#isOnline = isOnline;
    this.#look();
  }

  /** A send has just found out that there is no network: that is said without waiting. */
  insist(): void {
    this.network(false);
    this.#isTold = true;
    this.#tell();
  }

  /** The server said that it goes. */
  expectGap(): void {
    if (this.#isBroken) this.#gap(EXPECTED_GAP_MS);
  }

  /** The page was asleep: what its timers say of that time is not so. */
  woken(): void {
    if (this.#isBroken) this.#gap(PATIENCE_MS);
  }

  get #isBroken(): boolean {
    return !this.#isOpen || !this.#isOnline;
  }

  #look(): void {
    if (!this.#isBroken) this.#mend();
    else if (this.#isTold) this.#tell();
    else if (this.#patience === undefined) this.#gap(PATIENCE_MS);
  }

  #gap(patienceMs: number): void {
    this.#mend();
    this.#patience = setTimeout(() => {
      this.#isTold = true;
      this.#tell();
    }, patienceMs);
    this.#settling = setTimeout(() => {
      this.#isSettled = true;
      this.#look();
    }, SETTLED_MS);
  }

  #mend(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#settling);
    this.#patience = this.#settling = undefined;
    this.#isTold = this.#isSettled = false;
    this.#become("fine");
  }

  #tell(): void {
    const online = this.#isSettled ? "without" : "reconnecting";
    this.#become(this.#isOnline ? online : "offline");
  }

  #become(state: Connection): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changed(state);
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
