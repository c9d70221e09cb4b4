import { copyBy } from "../../copy-button";
import { part } from "../parts";

/** Puts the address of a turn's message on the clipboard: it leads there on whichever branch the message stands. */
export function copyLink(turn: HTMLElement): Promise<boolean> {
  const link = new URL(`${location.pathname}?message=${turn.dataset.message}`, location.origin);
  return copyBy(part(turn, "more"), link.href);
}
