import { button, element, scrollByKeyboard } from "./build";
import { languageOf } from "./code";
import { WORDS } from "./words";

/**
 * What a sanitised reply is given by us, as elements and never as HTML: a head with buttons over each block of code,
 * a box that scrolls around whatever may be wider than the column, and ways between footnotes and their marks.
 * `name` tells this text's footnotes from those of every other text on the page.
 */
export function dress(root: ParentNode, name: string): void {
  // Their numbers, bars and first columns stand where their first letters begin.
  for (const block of root.querySelectorAll("ul, ol, blockquote, table")) block.setAttribute("dir", "auto");
  for (const pre of root.querySelectorAll("pre")) dressCode(pre);
  for (const table of root.querySelectorAll("table")) dressTable(table);
  for (const formula of root.querySelectorAll<HTMLElement>(".maths--block"))
    scrollByKeyboard(formula, WORDS.formula);
  for (const note of root.querySelectorAll("[class^='note-']")) dressNote(note, name);
  for (const list of root.querySelectorAll(".notes")) {
    list.setAttribute("role", "doc-endnotes");
    list.setAttribute("aria-label", WORDS.notes);
  }
}

function dressCode(pre: HTMLPreElement): void {
  const language = languageOf(pre.firstElementChild) || WORDS.noLanguage;
  const figure = element("figure", "code");
  const head = element("div", "code__head");
  const wrap = button("code__act code__wrap", WORDS.wrap);
  wrap.setAttribute("aria-pressed", "false");
  head.append(
    element("span", "code__language", language),
    wrap,
    button("code__act code__download", WORDS.download),
    button("code__act code__copy", WORDS.copy),
  );

  figure.setAttribute("aria-label", WORDS.code(language));
  pre.replaceWith(figure);
  pre.className = "code__text";
  scrollByKeyboard(pre, WORDS.code(language));
  figure.append(head, pre);
}

function dressTable(table: HTMLTableElement): void {
  const box = element("div", "table-scroll");
  scrollByKeyboard(box, WORDS.table);
  table.replaceWith(box);
  box.append(table);
}

/** The grammar says by class alone which note it is, and which of the marks that call it. */
function dressNote(note: Element, name: string): void {
  const [, back, id, mark] = /^note-(back-)?(\d+)(?:-(\d+))?$/.exec(note.className) ?? [];
  if (id === undefined) return;

  const number = String(Number(id) + 1);
  note.removeAttribute("class");
  if (mark === undefined) {
    note.id = `${name}-${id}`;
    return;
  }
  note.setAttribute("href", back ? `#${name}-${id}-${mark}` : `#${name}-${id}`);
  note.setAttribute("role", back ? "doc-backlink" : "doc-noteref");
  note.setAttribute("aria-label", back ? WORDS.back(number) : WORDS.note(number));
  if (!back) note.id = `${name}-${id}-${mark}`;
}
