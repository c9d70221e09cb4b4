import type { MarkdownIt, StateBlock, StateCore, Token } from "markdown-it";

/**
 * What one message may cost to draw. A message past a limit is shown as plain text: nothing is lost but its
 * formatting. A paragraph past its own limit is plain within an otherwise formatted message.
 */
export const LIMITS = {
  messageCharacters: 400_000,
  paragraphCharacters: 24_000,
  /** Of one word. Chromium shapes what is left of it anew for each of its lines, wherever letters are kerned. */
  kernedCharacters: 4_000,
  /** A list is two levels, a quotation one. The parser itself would drop text at 100. */
  blockLevels: 40,
  inlineLevels: 40,
  tableColumns: 64,
  tableCells: 10_000,
  tokens: 60_000,
  highlightedCharacters: 50_000,
  formulaCharacters: 4_000,
  formulaLevels: 40,
  formulaCells: 400,
  diagramCharacters: 10_000,
} as const;

/** Generous for a slow phone: a long answer costs about 0.015 ms a character here. */
const DRAWING_MS = { base: 1_500, perCharacter: 0.06 };
const FORMULAS_MS = 2_000;

/** This message asks for more work than it is worth. */
export class OverBudget extends Error {}

/** The work a message has caused so far, in milliseconds of this machine and in tokens. */
export class Budget {
  #drawingMs = 0;
  #formulasMs = 0;
  /** Where each formula was drawn first: an open end is drawn again and again, its formulas once. */
  readonly formulas = new Map<string, HTMLElement>();

  chargeDrawing(ms: number, characters: number): void {
    this.#drawingMs += ms;
    if (this.#drawingMs > DRAWING_MS.base + DRAWING_MS.perCharacter * characters) {
      throw new OverBudget("drawing time");
    }
  }

  chargeFormula(ms: number): void {
    this.#formulasMs += ms;
  }

  get allowsFormulas(): boolean {
    return this.#formulasMs < FORMULAS_MS;
  }
}

export function checkLength(text: string): void {
  if (text.length > LIMITS.messageCharacters) throw new OverBudget("length");
}

/** A block of code is a frame with a head, buttons and colours. */
const FENCE_WEIGHT = 60;

/** How much there is to draw: every token, those of the words included. */
export function weightOf(tokens: readonly Token[]): number {
  return tokens.reduce(
    (sum, { type, children }) => sum + (type === "fence" ? FENCE_WEIGHT : 1) + (children?.length ?? 0),
    0,
  );
}

export function checkWeight(weight: number): void {
  if (weight > LIMITS.tokens) throw new OverBudget("tokens");
}

/** Whether a word in this is too long to be kerned. */
export function hasEndlessWord(text: string): boolean {
  // At every frame, of an end that is mostly short.
  if (text.length <= LIMITS.kernedCharacters) return false;
  let start = 0;
  for (const { index } of text.matchAll(/\s|$/g)) {
    if (index - start > LIMITS.kernedCharacters) return true;
    start = index + 1;
  }
  return false;
}

/** Guards within the parser, each placed before the work it would forbid. */
export function guard(md: MarkdownIt): void {
  md.block.ruler.before("table", "guard_nesting", refuseDeepBlocks);
  md.block.ruler.before("table", "guard_table", refuseHugeTables);
  md.core.ruler.before("inline", "guard_paragraph", keepLongParagraphsPlain);
  md.core.ruler.after("inline", "guard_inline", keepDeepParagraphsPlain);
}

function refuseDeepBlocks(state: StateBlock): boolean {
  if (state.level > LIMITS.blockLevels) throw new OverBudget("nesting");
  return false;
}

function refuseHugeTables(state: StateBlock, start: number, end: number): boolean {
  if (start + 1 >= end) return false;

  const delimiters = state.getLines(start + 1, start + 2, state.blkIndent, false);
  if (!/^[\s|:-]*-[\s|:-]*$/.test(delimiters)) return false;

  const columns = delimiters.split("|").length;
  let rows = 0;
  while (start + rows < end && !state.isEmpty(start + rows)) rows++;
  const isTable = delimiters.includes("|");
  if (isTable && (columns > LIMITS.tableColumns || columns * rows > LIMITS.tableCells)) {
    throw new OverBudget("table");
  }
  return false;
}

function keepLongParagraphsPlain(state: StateCore): void {
  for (const token of state.tokens) {
    const isLong = token.type === "inline" && token.content.length > LIMITS.paragraphCharacters;
    if (isLong) token.type = "text";
  }
}

function keepDeepParagraphsPlain(state: StateCore): void {
  for (const token of state.tokens) {
    if (!token.children?.some((child) => child.level > LIMITS.inlineLevels)) continue;
    token.type = "text";
    token.children = null;
  }
}
