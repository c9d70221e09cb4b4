import type { Env, MarkdownIt, StateCore, Token } from "markdown-it";
import footnote from "markdown-it-footnote";

/** What the plugin writes down of a text: the number of each label, below 0 where nothing refers to it. */
interface Notes {
  refs?: Record<string, number>;
}

/** What it says of a mark: the label as written, the note's place in the list, which of the marks of that note. */
interface Meta {
  label: string;
  id: number;
  subId: number;
}

/**
 * Footnotes: `[^1]` in the text, `[^1]: …` anywhere. They act backwards, so while a text grows both stay where they
 * were written, in their own signs; what nobody refers to stays there for good. The plugin would drop it.
 */
export function footnotes(md: MarkdownIt): void {
  footnote(md);
  // `^[…]` is no Markdown anybody knows, and reads like one in formulas.
  md.inline.ruler.disable("footnote_inline");
  md.core.ruler.before("footnote_tail", "footnotes_in_place", keepInPlace);

  const { rules } = md.renderer;
  const signOf = (token: Token | undefined) => md.utils.escapeHtml(`[^${metaOf(token).label}]`);
  rules.footnote_ref = (tokens, index, _options, env) => {
    const { id, subId } = metaOf(tokens[index]);
    if (env?.isGrowing) return signOf(tokens[index]);
    return `<sup><a class="note-${id}-${subId}">${id + 1}</a></sup>`;
  };
  rules.footnote_block_open = () => '<div class="notes"><ol>\n';
  rules.footnote_block_close = () => "</ol></div>\n";
  rules.footnote_open = (tokens, index) => `<li class="note-${metaOf(tokens[index]).id}">`;
  rules.footnote_close = () => "</li>\n";
  rules.footnote_anchor = (tokens, index) => {
    const { id, subId } = metaOf(tokens[index]);
    return ` <a class="note-back-${id}-${subId}">↩\uFE0E</a>`;
  };
  rules.note_open = (tokens, index) => `<div class="note"><span>${signOf(tokens[index])}: </span>`;
  rules.note_close = () => "</div>\n";
}

/** Whether a text says that parts of it stand elsewhere than they were written. */
export function hasFootnotes(env: Env): boolean {
  return Object.keys((env.footnotes as Notes | undefined)?.refs ?? {}).length > 0;
}

function metaOf(token: Token | undefined): Meta {
  return token?.meta as unknown as Meta;
}

function keepInPlace(state: StateCore): void {
  const { isGrowing } = state.env;
  const notes = state.env.footnotes as Notes | undefined;
  if (!notes) return;

  const moved = new Set<string>();
  const closings: string[] = [];
  for (const token of state.tokens) {
    if (token.type === "footnote_reference_open") {
      const label = `:${metaOf(token).label}`;
      const isCalled = (notes.refs?.[label] ?? -1) >= 0;
      const moves = isCalled && !isGrowing && !closings.length && !moved.has(label);
      closings.push(moves ? token.type.replace("open", "close") : "note_close");
      if (moves) moved.add(label);
      else token.type = "note_open";
    } else if (token.type === "footnote_reference_close") token.type = closings.pop() as string;
  }
  // What the plugin makes its list of.
  if (isGrowing) state.env.footnotes = { refs: notes.refs ?? {} };
}
