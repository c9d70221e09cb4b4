/** An element of ours, with text as text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function button(className: string, text: string): HTMLButtonElement {
  const made = element("button", className, text);
  made.type = "button";
  return made;
}

/** Lets a box that may be wider than its column be found, named and scrolled without a mouse. */
export function scrollByKeyboard(box: HTMLElement, label: string): void {
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
}
