/** The scrolled thing, in pixels. `top` is how far it is scrolled, `length` how long it is. */
export interface Viewport {
  readonly top: number;
  readonly height: number;
  readonly length: number;
  /** Scrolls so far down, or as far as it goes. */
  to(top: number): void;
}

/** So close to the end, a reader who moves down has come back to it. */
const NEAR_PX = 100;

/**
 * Keeps the end in view while text grows, but only for a reader who is there. One move upward lets go at once;
 * coming back near the end takes hold again. What shrinks by itself (a folding block) is no move of the reader's.
 */
export class ScrollKeeper {
  readonly #viewport: Viewport;
  #isFollowing = true;
  #top: number;
  #length: number;

  constructor(viewport: Viewport) {
    this.#viewport = viewport;
    this.#top = viewport.top;
    this.#length = viewport.length;
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  get isAtEnd(): boolean {
    return this.#toGo <= 1;
  }

  /** To be called on every scroll, whoever caused it. */
  scrolled(): void {
    const { top, length } = this.#viewport;
    if (top === this.#top) return;
    const isUpward = top < this.#top && length >= this.#length;

    if (isUpward) this.#isFollowing = false;
    else if (this.#toGo <= NEAR_PX) this.#isFollowing = true;

    this.#top = top;
    this.#length = length;
  }

  /** To be called when the content's size changed. */
  resized(): void {
    const { length } = this.#viewport;
    if (this.#isFollowing) this.#goTo(length);
    this.#length = length;
  }

  /** The reader asked for the latest, or said something. */
  jump(): void {
    this.#isFollowing = true;
    this.#goTo(this.#viewport.length);
  }

  /** What the reader looks at was put in its place, wherever the end is. */
  hold(): void {
    this.#isFollowing = false;
    this.#top = this.#viewport.top;
    this.#length = this.#viewport.length;
  }

  get #toGo(): number {
    const { top, height, length } = this.#viewport;
    return length - top - height;
  }

  #goTo(length: number): void {
    this.#viewport.to(length);
    this.#top = this.#viewport.top;
  }
}
