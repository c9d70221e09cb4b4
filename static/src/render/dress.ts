import { languageOf } from "./code";

/**
 * What a sanitised reply is given by us, as elements and never as HTML: a head with a Copy button over each block
 * of code, and a box that scrolls around whatever may be wider than the column.
 */
export function dress(root: ParentNode): void {
  for (const pre of root.querySelectorAll("pre")) dressCode(pre);
  for (const table of root.querySelectorAll("table")) dressTable(table);
  for (const formula of root.querySelectorAll<HTMLElement>(".maths--block"))
    scrollByKeyboard(formula, "Formula");
}

function dressCode(pre: HTMLPreElement): void {
  const language = languageOf(pre.firstElementChild) || "text";
  const figure = element("figure", "code");
  const head = element("div", "code__head");
  const copy = element("button", "code__copy");
  copy.type = "button";
  copy.textContent = "Copy";
  head.append(element("span", "code__language", language), copy);

  pre.replaceWith(figure);
  pre.className = "code__text";
  scrollByKeyboard(pre, `Code, ${language}`);
  figure.append(head, pre);
}

function dressTable(table: HTMLTableElement): void {
  const box = element("div", "table-scroll");
  scrollByKeyboard(box, "Table");
  table.replaceWith(box);
  box.append(table);
}

function scrollByKeyboard(box: HTMLElement, label: string): void {
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
