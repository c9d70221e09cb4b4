import MarkdownIt, { type MarkdownIt as Grammar, type StateCore, type StateInline } from "markdown-it";
import { guard } from "./budget";
import { footnotes } from "./footnotes";
import { foresight } from "./foresight";
import { links } from "./links";
import { tasks } from "./lists";
import { maths } from "./maths";

/** The one grammar of replies: CommonMark with tables, tasks, footnotes and formulas; raw HTML stays text. */
export const grammar: Grammar = new MarkdownIt({ html: false, linkify: true, typographer: false })
  .use(guard)
  .use(foresight)
  .use(maths)
  .use(links)
  .use(tasks)
  .use(footnotes)
  .use(lineBreaks)
  .use(headings)
  .use(alignment);

/** Models write `<br>` in table cells, where Markdown has no other way. */
function lineBreaks(md: Grammar): void {
  md.inline.ruler.before("html_inline", "line_break", (state: StateInline, silent: boolean) => {
    const match = /^<br\s{0,8}\/?>/i.exec(state.src.slice(state.pos, state.pos + 16));
    if (!match) return false;
    if (!silent) state.push("hardbreak", "br", 0);
    state.pos += match[0].length;
    return true;
  });
}

/** The page's own title is the first heading, so a reply's begin at the second; or are bold lines, if so asked. */
function headings(md: Grammar): void {
  md.core.ruler.push("headings", (state: StateCore) => {
    for (const token of state.tokens) {
      if (token.type !== "heading_open" && token.type !== "heading_close") continue;
      const level = Math.min(Number(token.tag.slice(1)) + 1, 6);
      token.tag = state.env.plainHeadings ? "p" : `h${level}`;
      if (token.nesting === 1 && state.env.plainHeadings) token.attrSet("class", "heading");
    }
  });
}

/** The parser writes `style="text-align:…"`, which the content policy refuses. */
function alignment(md: Grammar): void {
  md.core.ruler.push("alignment", (state: StateCore) => {
    for (const token of state.tokens) {
      const side = /^text-align:(left|center|right)$/.exec(String(token.attrGet("style") ?? ""))?.[1];
      if (side) token.attrs = [["class", `align-${side}`]];
    }
  });
}
