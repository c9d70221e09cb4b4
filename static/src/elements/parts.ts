/** Finding and filling the parts of server-rendered markup. Text and attributes only: no markup is made here. */

/** The element marked `data-part="name"` in `root`. A template that lacks it is a fault of ours. */
export function part<E extends Element = HTMLElement>(root: ParentNode, name: string): E {
  const found = root.querySelector<E>(`[data-part="${name}"]`);
  if (!found) throw new Error(`The template has no part "${name}".`);
  return found;
}

/** A fresh copy of what stands in `<template id="…">`. */
export function clone(id: string): HTMLElement {
  const template = document.getElementById(id);
  const first = template instanceof HTMLTemplateElement ? template.content.firstElementChild : null;
  if (!first) throw new Error(`There is no template "${id}".`);
  return document.importNode(first, true) as HTMLElement;
}

/** Sets text only when it changed, so that selections and screen readers are left in peace. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows `text` in an element that is hidden while it has nothing to say. */
export function sayOrHide(element: HTMLElement, text: string): void {
  say(element, text);
  if (element.hidden === Boolean(text)) element.hidden = !text;
}

/** Says in a note why something is as it is, or hides it. `id` is what an administrator finds a fault by. */
export function sayNote(note: HTMLElement, sentence: string, kind: "" | "quiet" | "alert", id = ""): void {
  note.hidden = !sentence;
  note.classList.toggle("note--alert", kind === "alert");
  say(part(note, "note-text"), sentence);
  say(part(note, "fault-id"), id);
}

/** A count in few characters: 1048576 is "1M", 5886 is "5.9k". */
export function shortCount(count: number): string {
  if (count >= 1_000_000) return `${Number((count / 1_000_000).toFixed(1))}M`;
  return count >= 1000 ? `${Number((count / 1000).toFixed(1))}k` : String(count);
}

/** Seconds as people say them: "7 s", "1 min 12 s". */
export function seconds(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
