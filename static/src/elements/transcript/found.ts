import { closest, type Folded, folded, placesIn, type Sought, type Stretch } from "../../models/sought";

/** The name under which `search.css` says how it looks. */
const NAME = "found";
/** More of them say nothing. */
const MOST_MARKS = 500;
const TEXTS = ".turn__said, .reply__text";
/** What stands in a text and was never written: words on buttons, formulas letter by letter. */
const NOT_TEXT = ".code__head, .code__note, .maths, .katex";
const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th, dt, dd, pre, blockquote, div";

/** What there is to see of a turn's texts, folded, and where in it the words are, of all and closest together. */
interface Seen {
  pieces: Piece[];
  places: Stretch[];
  together: Stretch | null;
}

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
  readonly #sought: readonly Sought[];
  readonly #changes = new MutationObserver(() => this.#drawSoon());
  #frame = 0;

  constructor(turn: HTMLElement, sought: readonly Sought[]) {
    this.#turn = turn;
    this.#sought = sought;
  }

  /** Where they can be seen closest together. */
  together(): Range | null {
    const { pieces, together } = this.#look();
    return together && rangeOf(pieces, together);
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

  /** Where there are too many of them, those around the place that is led to. */
  #ranges(): Range[] {
    const { pieces, places, together } = this.#look();
    const led = places.findIndex(({ start }) => start === together?.start);
    const from = Math.max(0, led - MOST_MARKS / 2);
    return places.slice(from, from + MOST_MARKS).map((place) => rangeOf(pieces, place));
  }

  #look(): Seen {
    const pieces = piecesOf(this.#turn);
    const places = placesIn(pieces.map(({ folded }) => folded.text).join(""), this.#sought);
    return { pieces, places, together: closest(places) };
  }
}

/** The nodes of a turn's texts that can be seen, in order. Between two blocks no word goes on. */
function piecesOf(turn: Element): Piece[] {
  const pieces: Piece[] = [];
  let [start, block]: [number, Element | null | undefined] = [0, null];
  for (const node of nodesOf(turn)) {
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

function* nodesOf(turn: Element): Generator<Text> {
  for (const text of turn.querySelectorAll(TEXTS)) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accepted);
    while (walker.nextNode()) yield walker.currentNode as Text;
  }
}

/** The source of a drawn diagram, say, is folded away. */
function accepted(node: Node): number {
  if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
  const isLeftOut = node instanceof Element && (node.matches(NOT_TEXT) || !node.checkVisibility());
  return isLeftOut ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
}

function rangeOf(pieces: readonly Piece[], { start, end }: Stretch): Range {
  const range = document.createRange();
  const [first, last] = [pieceAt(pieces, start), pieceAt(pieces, end - 1)];
  range.setStart(first.node, first.folded.placeOf(start - first.start));
  range.setEnd(last.node, last.folded.placeOf(end - last.start));
  return range;
}

function pieceAt(pieces: readonly Piece[], at: number): Piece {
  const piece = pieces.findLast(({ start }) => start <= at);
  if (!piece) throw new Error("A place lies outside of its text.");
  return piece;
}
