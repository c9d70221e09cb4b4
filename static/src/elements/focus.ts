/**
 * Puts the focus on the first of these places that is on screen, or else where the next message is written, if what
 * had it is gone: nobody who moves by keys, or listens, is sent back to the beginning of the page.
 */
export function keepPlace(...places: (Element | null | undefined)[]): void {
  const { activeElement } = document;
  const isNowhere = !activeElement?.checkVisibility() || activeElement.matches("body, main");
  if (!isNowhere) return;
  const place = [...places, document.querySelector("#message")].find((one) => one?.checkVisibility());
  if (place instanceof HTMLElement) place.focus({ preventScroll: true });
}

/** What opens the menu in which this stands, for when that has closed. */
export function openerOf(row: Element | null): Element | null | undefined {
  return row?.closest("details")?.querySelector("summary");
}
