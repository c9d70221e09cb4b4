import type { MarkdownIt, StateBlock, StateInline, Token } from "markdown-it";

const CLOSING: Record<string, string> = { $: "$", $$: "$$", "\\(": "\\)", "\\[": "\\]" };

/**
 * Formulas as tokens: `$…$`, `\(…\)` in a line, `$$…$$`, `\[…\]` on display. The element keeps the whole source,
 * delimiters included, which is what a reader sees until (or instead of) the drawn formula.
 */
export function maths(md: MarkdownIt): void {
  md.inline.ruler.before("escape", "maths", inlineMaths);
  md.block.ruler.before("fence", "maths_block", blockMaths, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  md.renderer.rules.maths = (tokens, index) => {
    const token = tokens[index] as Token;
    const source = md.utils.escapeHtml(token.content);
    if (token.block) return `<div class="maths maths--block">${source}</div>\n`;
    return `<span class="maths${isDisplayed(token.content) ? " maths--block" : ""}">${source}</span>`;
  };
}

/** The formula without its delimiters. */
export function texOf(source: string): string {
  const width = delimiterAt(source, 0)?.length ?? 0;
  return source.slice(width, source.length - width).trim();
}

export function isDisplayed(source: string): boolean {
  return source.startsWith("$$") || source.startsWith("\\[");
}

function delimiterAt(text: string, at: number): string | undefined {
  const two = text.slice(at, at + 2);
  if (two in CLOSING) return two;
  return text[at] === "$" ? "$" : undefined;
}

function inlineMaths(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  const opening = delimiterAt(src, pos);
  if (!opening) return false;

  const start = pos + opening.length;
  const end = closingAt(src, start, CLOSING[opening] as string);
  if (end < 0 || end + opening.length > posMax) return false;
  if (!src.slice(start, end).trim()) return false;
  if (opening === "$" && !isDollarMaths(src, pos, end)) return false;

  if (!silent) {
    const token = state.push("maths", "", 0);
    token.content = src.slice(pos, end + opening.length);
  }
  state.pos = end + opening.length;
  return true;
}

function closingAt(text: string, from: number, closing: string): number {
  let at = text.indexOf(closing, from);
  while (at > 0 && closing.startsWith("$") && text[at - 1] === "\\") at = text.indexOf(closing, at + 1);
  return at;
}

/**
 * Money is not maths: "$5 and $10", "US$5", "$3 million or 4$". A formula hugs both its dollars, touches no word
 * outside them, and does not read as an amount followed by prose.
 */
function isDollarMaths(text: string, open: number, close: number): boolean {
  const inner = text.slice(open + 1, close);
  if (/^\s|\s$|`/.test(inner)) return false;
  if (/[\p{L}\p{N}\\$]/u.test(text[open - 1] ?? "")) return false;
  if (/[\p{L}\p{N}$]/u.test(text[close + 1] ?? "")) return false;
  return !/^\d[\d.,]*[kmb]?\s+\p{L}{2,}(\s|$)/iu.test(inner);
}

/** A display that fills its lines; it ends before a blank line, or is none. */
function blockMaths(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;

  const opening = delimiterAt(lineOf(state, startLine), 0);
  if (opening !== "$$" && opening !== "\\[") return false;

  const closing = CLOSING[opening] as string;
  const lines: string[] = [];
  for (let line = startLine; line < endLine; line++) {
    if (state.isEmpty(line) || (state.sCount[line] ?? 0) < state.blkIndent) return false;

    const text = lineOf(state, line);
    lines.push(text);
    const end = text.indexOf(closing, line === startLine ? opening.length : 0);
    if (end < 0) continue;
    if (text.slice(end + closing.length).trim() || !texOf(lines.join("\n").trim())) return false;
    if (!silent) pushBlock(state, startLine, line + 1, lines);
    return true;
  }
  return false;
}

function pushBlock(state: StateBlock, startLine: number, nextLine: number, lines: string[]): void {
  const token = state.push("maths", "", 0);
  token.block = true;
  token.content = lines.join("\n").trim();
  token.map = [startLine, nextLine];
  state.line = nextLine;
}

function lineOf(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}
