import type { Sought } from "../../models/sought";
import type { TranscriptElement } from "../neighbours";
import { drawSeen } from "../reading/near";
import type { Reader } from "../reading/reader";
import { unfold } from "../said";
import { FoundWords } from "./found";

const HASH = /^#message-([0-9a-f-]{36})$/;

/**
 * Where a page opens: at its end, or at the message that its address names, wherever in the conversation it stands; in
 * that where the words that were looked for are closest together, all of which are marked.
 */
export function arrive(transcript: TranscriptElement, reader: Reader): void {
  const wanted = transcript.dataset.wanted || messageInHash();
  const turn = transcript.turnOf(wanted);
  if (turn) {
    // Once here one is free: a reload leads to the end again and changes no branch.
    delete transcript.dataset.wanted;
    history.replaceState(history.state, "", location.pathname);
    unfold(turn);
    const found = new FoundWords(turn, soughtIn(transcript));
    reader.goTo(turn);
    drawSeen();
    const together = found.together();
    if (together) reader.bringIntoView(together);
    if (!together || !found.mark()) reader.outline(turn);
  } else if (wanted) location.replace(`${location.pathname}?message=${wanted}`);
  else reader.jump();
}

/**
 * Hears of addresses of messages that this page comes to be at, until the returned function is called. Ways within a
 * text, as from a footnote to its mark, are the browser's.
 */
export function onArrival(arrived: () => void): () => void {
  const heard = () => messageInHash() && arrived();
  window.addEventListener("hashchange", heard);
  return () => window.removeEventListener("hashchange", heard);
}

/** Once: what is gone to later was not looked for. */
function soughtIn({ dataset }: TranscriptElement): Sought[] {
  const sought: Sought[] = JSON.parse(dataset.sought ?? "[]");
  delete dataset.sought;
  return sought;
}

function messageInHash(): string {
  return HASH.exec(location.hash)?.[1] ?? "";
}
