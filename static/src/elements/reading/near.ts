/** What is drawn only once it comes near the window, or onto paper: a long page holds much that nobody goes to. */

import { inOwnTask } from "../../models/own_task";

const waiting = new Map<Element, () => void>();
/** What has come near, in order. One is drawn at a time, so that a key finds its way between two of them. */
const due = new Set<Element>();
let nearness: IntersectionObserver | undefined;

/** Calls `draw` once, when `element` is a window's height away or less, unless the returned function came first. */
export function whenNear(element: Element, draw: () => void): () => void {
  nearness ??= watchWindow();
  waiting.set(element, draw);
  nearness.observe(element);
  return () => forget(element);
}

/** Draws now what would be seen raw for a moment, once the page was scrolled from afar. */
export function drawSeen(): void {
  for (const element of seen()) draw(element);
}

/** The same one after the other, where the browser lets that be done before it paints the page again. */
export function drawSeenInTurn(): void {
  inOwnTask(() => {
    for (const element of seen()) inOwnTask(() => draw(element));
  });
}

/** Draws all that waits, as for paper. */
export function drawAll(): void {
  for (const element of [...waiting.keys()]) draw(element);
}

function seen(): Element[] {
  return [...waiting.keys()].filter(isSeen);
}

function isSeen(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < document.documentElement.clientHeight;
}

function watchWindow(): IntersectionObserver {
  window.addEventListener("beforeprint", drawAll);
  const look = (entries: IntersectionObserverEntry[]) => {
    const isDrawing = due.size > 0;
    for (const { isIntersecting, target } of entries) if (isIntersecting) due.add(target);
    if (!isDrawing) drawDue();
  };
  return new IntersectionObserver(look, { rootMargin: "100% 0px" });
}

function drawDue(): void {
  const [next] = due;
  if (!next) return;
  if (due.size > 1) setTimeout(drawDue);
  draw(next);
}

function draw(element: Element): void {
  const waited = waiting.get(element);
  forget(element);
  waited?.();
}

function forget(element: Element): void {
  waiting.delete(element);
  due.delete(element);
  nearness?.unobserve(element);
}
