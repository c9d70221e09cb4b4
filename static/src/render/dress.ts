import { button, element, scrollByKeyboard } from "./build";
import { languageOf } from "./code";
import { WORDS } from "./words";

const DRESSED = "pre, table, ul, ol, blockquote, .maths--block, .notes, [class^='note-']";

/**
 * What a sanitised reply is given by us, as elements and never as HTML: a head with buttons over each block of code,
 * a box that scrolls around whatever may be wider than the column, and ways between footnotes and their marks.
 * `name` tells this text's footnotes from those of every other text on the page.
 */
export function dress(root: ParentNode, name: string): void {
  // One search for all of them: a growing end is dressed at every frame.
  for (const found of root.querySelectorAll<HTMLElement>(DRESSED)) {
    if (found.matches(".maths--block")) scrollByKeyboard(found, WORDS.formula);
    else if (found.matches(".notes")) dressNotes(found);
    else if (found.matches("pre")) dressCode(found);
    else if (found.matches("[class^='note-']")) dressNote(found, name);
    // Their numbers, bars and first columns stand where their first letters begin.
    else found.setAttribute("dir", "auto");
    if (found.matches("table")) dressTable(found);
  }
}

function dressNotes(list: HTMLElement): void {
  list.setAttribute("role", "doc-endnotes");
  list.setAttribute("aria-label", WORDS.notes);
}

function dressCode(pre: HTMLElement): void {
  const language = languageOf(pre.firstElementChild) || WORDS.noLanguage;
  const figure = element("figure", "code");
  const head = element("div", "code__head");
  const wrap = button("code__act code__wrap", WORDS.wrap);
  wrap.setAttribute("aria-pressed", "false");
  head.append(
    element("span", "code__language", language),
    // What is seen only on hover stands first, so that it leaves no hole between what is always seen.
    button("code__act code__download", WORDS.download),
    wrap,
    button("code__act code__copy", WORDS.copy),
  );

  figure.setAttribute("aria-label", WORDS.code(language));
  pre.replaceWith(figure);
  pre.className = "code__text";
  scrollByKeyboard(pre, WORDS.code(language));
  figure.append(head, pre);
}

function dressTable(table: HTMLElement): void {
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
