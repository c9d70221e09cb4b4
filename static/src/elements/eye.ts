import { part } from "./parts";

/** What the reader looks at when turns are replaced: their new end, the switcher of versions, the end of the text. */
export type Eye = "end" | "switcher" | "text";

/** How far down the window an element begins. */
export function topOf(element: Element): () => number {
  return () => element.getBoundingClientRect().top;
}

/** How far down the window that is, in whichever turn stands in the place of `turn`. */
export function lookedAt(turn: HTMLElement, eye: Exclude<Eye, "end">): (shown: HTMLElement) => number {
  if (eye === "text") return (shown) => part(shown, "text").getBoundingClientRect().bottom;
  // Who sees a turn's beginning looks at that; in a long turn, at the switcher below it.
  const isBeginningSeen = turn.getBoundingClientRect().top >= 0;
  return (shown) => (isBeginningSeen ? shown : part(shown, "versions")).getBoundingClientRect().top;
}

/** Changes a page that has no end to be followed, and leaves on screen where it is what `eye` says is looked at. */
export function changeAround(eye: () => number, change: () => void): void {
  const before = eye();
  change();
  window.scrollBy({ top: eye() - before, behavior: "instant" });
}
