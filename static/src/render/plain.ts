/** A block this long ends with its line. Shorter, and a megabyte is many boxes; longer, and each takes long to lay out. */
const BLOCK_CHARACTERS = 8_000;

/**
 * A text as it was written, in blocks of whole lines: what is added lays out the last of them and no other. Its element
 * keeps white space as it is, so that the blocks look, and are copied, like one text.
 */
export class PlainText {
  readonly #target: HTMLElement;
  #text = "";
  #last: Text | undefined;

  /** Takes the place of everything in `target`. */
  constructor(target: HTMLElement) {
    this.#target = target;
    target.replaceChildren();
  }

  /** All of it so far. */
  get text(): string {
    return this.#text;
  }

  append(more: string): void {
    this.#text += more;
    for (let rest = more; rest; ) {
      const room = BLOCK_CHARACTERS - (this.#last?.length ?? 0);
      const end = rest.indexOf("\n", Math.max(0, room - 1)) + 1;
      const piece = end > 0 ? rest.slice(0, end) : rest;
      if (this.#last) this.#last.appendData(piece);
      else this.#begin(piece);
      if (end > 0) this.#last = undefined;
      rest = rest.slice(piece.length);
    }
  }

  #begin(piece: string): void {
    const block = document.createElement("div");
    this.#last = document.createTextNode(piece);
    block.append(this.#last);
    this.#target.append(block);
  }
}
