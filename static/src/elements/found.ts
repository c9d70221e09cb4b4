import { type Folded, folded, patternOf, type Sought } from "../models/sought";

/** The name under which `search.css` says how it looks. */
const NAME = "found";
/** More of them say nothing. */
const MOST_MARKS = 500;
const TEXTS = ".turn__said, .reply__text";
/** What stands in a text and was never written: words on buttons, formulas letter by letter. */
const NOT_TEXT = ".code__head, .code__note, .maths, .katex";
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th, dt, dd, pre, blockquote, div";

/** A node of a text, folded, and where in the whole it begins. */
interface Piece {
  node: Text;
  start: number;
  folded: Folded;
}

/**
 * The words in a message that were looked for, marked by the browser: the text itself stays as it is, whatever is still
 * drawn in it. The marks go with the next press, key of a text or Escape.
 */
export class FoundWords {
  readonly #turn: HTMLElement;
  readonly #pattern: RegExp | null;
  readonly #changes = new MutationObserver(() => this.#drawSoon());
  #frame = 0;

  constructor(turn: HTMLElement, sought: readonly Sought[]) {
    this.#turn = turn;
    this.#pattern = patternOf(sought);
  }

  /** Where the first of them is that can be seen. */
  first(): Range | null {
    return this.#ranges().find(isSeen) ?? null;
  }

  /** False where this browser marks nothing. */
  mark(): boolean {
    if (!("highlights" in CSS)) return false;
    this.#draw();
    this.#changes.observe(this.#turn, { childList: true, characterData: true, subtree: true });
    const gone = new AbortController();
    const clear = () => {
      gone.abort();
      this.#clear();
    };
    for (const name of ["click", "input"]) document.addEventListener(name, clear, { signal: gone.signal });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && clear(), { signal: gone.signal });
    return true;
  }

  /** A text is drawn bit by bit (code is coloured late), and what is drawn anew has lost its marks. */
  #drawSoon(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    CSS.highlights.set(NAME, new Highlight(...this.#ranges()));
  }

  #clear(): void {
    this.#changes.disconnect();
    cancelAnimationFrame(this.#frame);
    CSS.highlights.delete(NAME);
  }

  #ranges(): Range[] {
    const ranges: Range[] = [];
    for (const text of this.#turn.querySelectorAll(TEXTS)) {
      const pieces = piecesOf(text);
      const whole = pieces.map(({ folded }) => folded.text).join("");
      for (const { 0: hit, index } of this.#pattern ? whole.matchAll(this.#pattern) : []) {
        if (ranges.length === MOST_MARKS) return ranges;
        ranges.push(rangeOf(pieces, index, index + hit.length));
      }
    }
    return ranges;
  }
}

/** The nodes of a text, in order. Between two blocks no word goes on. */
function piecesOf(text: Element): Piece[] {
  const accept = (node: Node) =>
    node instanceof Element && node.matches(NOT_TEXT)
      ? NodeFilter.FILTER_REJECT
      : node instanceof Text
        ? NodeFilter.FILTER_ACCEPT
        : NodeFilter.FILTER_SKIP;
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accept);
  const pieces: Piece[] = [];
  let [start, block]: [number, Element | null | undefined] = [0, null];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    const its = node.parentElement?.closest(BLOCKS);
    const here = folded(node.data);
    const isApart = its !== block && pieces.length > 0;
    const shown = isApart
      ? { text: `\n${here.text}`, placeOf: (at: number) => here.placeOf(Math.max(0, at - 1)) }
      : here;
    pieces.push({ node, start, folded: shown });
    start += shown.text.length;
    block = its;
  }
  return pieces;
}

function rangeOf(pieces: readonly Piece[], from: number, to: number): Range {
  const range = document.createRange();
  const [first, last] = [pieceAt(pieces, from), pieceAt(pieces, to - 1)];
  range.setStart(first.node, first.folded.placeOf(from - first.start));
  range.setEnd(last.node, last.folded.placeOf(to - last.start));
  return range;
}

function pieceAt(pieces: readonly Piece[], at: number): Piece {
  const piece = pieces.findLast(({ start }) => start <= at);
  if (!piece) throw new Error("A place lies outside of its text.");
  return piece;
}

/** The source of a drawn diagram, say, is folded away. */
function isSeen({ startContainer }: Range): boolean {
  return startContainer.parentElement?.checkVisibility() ?? false;
}
