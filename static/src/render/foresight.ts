import type { MarkdownIt, StateCore } from "markdown-it";

/** How a link's address begins. */
const ADDRESSES = ["https://", "http://", "mailto:"];
const OPEN_LINK = /!?\[([^[\]]*)\]\(([^()\s]*)$/;
const WORD = /\S/;
const PUNCTUATION = /[\p{P}\p{S}]/u;

interface Open {
  bold: boolean;
  italic: boolean;
}

/**
 * The end of a text that grows is drawn as it will stand once it is closed: "**bold" is bold and "`code" is code before
 * their last signs have come, and a link shows its words and not half an address. What never is closed is drawn as it
 * was written as soon as something follows it, and at the end.
 */
export function foresight(md: MarkdownIt): void {
  md.core.ruler.before("inline", "foresight", ({ tokens, env }: StateCore) => {
    if (!env.isGrowing) return;
    const last = tokens.findLast(({ nesting }) => nesting >= 0);
    if (last?.type === "inline") last.content = foreseen(last.content);
  });
}

/** The end of a paragraph, with what is open there closed. */
export function foreseen(text: string): string {
  const open: Open = { bold: false, italic: false };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\\") at++;
    else if (sign === "`") {
      const run = runAt(text, at);
      const end = closingAt(text, at + run.length, run);
      if (end === undefined)
        return closed(text.slice(0, at), open, { run, inside: text.slice(at + run.length) });
      at = end - 1;
    } else if (sign === "*") {
      const { length } = runAt(text, at);
      const end = at + length;
      const isBehind = WORD.test(text[at - 1] ?? "");
      const isBefore = opensBetween(text[at - 1] ?? "", text[end] ?? "");
      // Only begun, or half of what closes.
      if (end === text.length && (!isBehind || (open.bold && length === 1)))
        return closed(text.slice(0, at), open);
      if (length === 2) open.bold = open.bold ? !isBehind : isBefore;
      open.italic = open.bold && (length === 1 ? (open.italic ? !isBehind : isBefore) : open.italic);
      at = end - 1;
    }
  }
  return closed(text, open);
}

/** Whether stars between these two letters may open anything, as CommonMark has it. */
function opensBetween(before: string, after: string): boolean {
  return WORD.test(after) && (!PUNCTUATION.test(after) || !WORD.test(before) || PUNCTUATION.test(before));
}

/** A text without what is half a link at its end, with the code that is open behind it and all else closed. */
function closed(text: string, open: Open, code?: { run: string; inside: string }): string {
  const inside = code?.inside.replace(/`+$/, "") ?? "";
  const end = withoutHalfLink(text) + (code && WORD.test(inside) ? code.run + inside + code.run : "");
  const begun = end.trimEnd();
  if (!open.bold) return begun;
  return begun.endsWith("**") ? begun.slice(0, -2).trimEnd() : `${begun}${open.italic ? "***" : "**"}`;
}

function withoutHalfLink(text: string): string {
  return text.replace(OPEN_LINK, (whole, words: string, address: string) => {
    const isAddress = ADDRESSES.some((one) => one.startsWith(address) || address.startsWith(one));
    return isAddress ? words : whole;
  });
}

function runAt(text: string, at: number): string {
  let end = at + 1;
  while (text[end] === text[at]) end++;
  return text.slice(at, end);
}

/** Behind the next run of as many backticks; none if there is none. */
function closingAt(text: string, from: number, run: string): number | undefined {
  for (let at = text.indexOf("`", from); at >= 0; at = text.indexOf("`", at)) {
    const { length } = runAt(text, at);
    if (length === run.length) return at + length;
    at += length;
  }
  return undefined;
}
