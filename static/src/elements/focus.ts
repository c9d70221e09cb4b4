import { hasNoShiftKey } from "../models/send_key";

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

/**
 * Opens a dialog on its field that is meant. Without one on screen, or where the keyboard that comes with it would
 * cover what the dialog says, its heading keeps the focus: never the cross that closes it.
 */
export function openAt(dialog: HTMLDialogElement, field: HTMLElement | null): void {
  dialog.showModal();
  const isForKeys = field?.matches("input, textarea") && hasNoShiftKey();
  if (field?.checkVisibility() && !isForKeys) field.focus();
}
