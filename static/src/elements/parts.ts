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

/** A count at a glance, as `money.tokens_short` on the server writes it: "840", "5.9k", "131k", "1M", "1.6B". */
export function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${rounded(count, 1_000, 1)}k`;
  if (count < 999_500) return `${rounded(count, 1_000, 0)}k`;
  if (count < 999_950_000) return `${rounded(count, 1_000_000, 1)}M`;
  return `${rounded(count, 1_000_000_000, 1)}B`;
}

function rounded(count: number, unit: number, places: number): number {
  return Number((count / unit).toFixed(places));
}

/** Seconds as people say them: "7 s", "1 min 12 s". */
export function seconds(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
