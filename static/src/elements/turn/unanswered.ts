import { part } from "../parts";

/** Says under what a person said last that nobody answered it, with the way to a reply. `last` ends the conversation. */
export function drawUnanswered(transcript: ParentNode, last: HTMLElement | undefined): void {
  const isUnanswered = last?.classList.contains("turn--said");
  for (const line of transcript.querySelectorAll<HTMLElement>("[data-part=unanswered]:not([hidden])")) {
    line.hidden = !isUnanswered || line.closest(".turn") !== last;
  }
  if (last && isUnanswered) part(last, "unanswered").hidden = false;
}

/** Whether this turn is a message that has no reply. */
export function isUnanswered(turn: HTMLElement): boolean {
  return turn.querySelector("[data-part=unanswered]:not([hidden])") !== null;
}
