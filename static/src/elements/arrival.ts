import type { Reader } from "./reader";
import type { Transcript } from "./transcript";

const HASH = /^#message-([0-9a-f-]{36})$/;

/** Where a page opens: at its end, or at the message that its address names, wherever in the conversation it stands. */
export function arrive(transcript: Transcript, reader: Reader): void {
  const wanted = transcript.dataset.wanted || (HASH.exec(location.hash)?.[1] ?? "");
  const turn = transcript.turnOf(wanted);
  if (turn) {
    // Once here one is free: a reload leads to the end again and changes no branch.
    delete transcript.dataset.wanted;
    history.replaceState(history.state, "", location.pathname);
    reader.lookAt(turn);
  } else if (wanted) location.replace(`${location.pathname}?message=${wanted}`);
  else reader.jump();
}
