import { type Answer, get } from "../models/send";
import type { MessageView } from "../models/views";
import { topOf } from "./eye";
import type { TranscriptElement } from "./neighbours";
import { clone, part, say } from "./parts";

/** Shows in a turn what somebody said: a long text folded, of a very long one its beginning and the way to all of it. */
export function showSaid(turn: HTMLElement, { id, text, whole, fold }: MessageView): void {
  if (fold) {
    const folded = clone("fold-template");
    for (const name of ["head", "line", "rest"] as const) say(part(folded, `fold-${name}`), fold[name]);
    part(turn, "said").replaceChildren(folded);
  } else part(turn, "said").textContent = text;

  const line = turn.querySelector<HTMLElement>("[data-part=whole]");
  if (!line || !whole) return;
  const link = part<HTMLAnchorElement>(line, "whole-link");
  link.href = `/messages/${id}/text/`;
  link.textContent = (link.dataset.words ?? "").replace("{characters}", whole);
  line.hidden = false;
}

/** What somebody said, as it stands in this turn: folded or not, and of a very long text the beginning. */
export function saidIn(turn: ParentNode): string {
  const said = part(turn, "said");
  if (!said.querySelector(".fold")) return said.textContent ?? "";
  const [head, rest] = ["head", "rest"].map((name) => part(said, `fold-${name}`).textContent ?? "");
  return head ? `${head}\n\n${rest}` : (rest ?? "");
}

/** All that somebody said in this turn, of which a very long one shows the beginning only. */
export async function allSaid(turn: HTMLElement): Promise<Answer<{ text: string }>> {
  const whole = wholeIn(turn);
  return whole ? get<{ text: string }>(whole) : { ok: true, body: { text: saidIn(turn) } };
}

/** Where all of it is, if this turn has the beginning only. */
export function wholeIn(turn: ParentNode): string | undefined {
  return turn.querySelector<HTMLAnchorElement>("[data-part=whole]:not([hidden]) a")?.pathname;
}

/** Opens what is folded in a turn that is looked for: what was looked for may stand there. */
export function unfold(turn: ParentNode): void {
  for (const block of turn.querySelectorAll<HTMLDetailsElement>(".fold__block")) block.open = true;
}

/** Folds and unfolds with the line staying where it is, until the returned function is called. */
export function listenToFolds(transcript: TranscriptElement): () => void {
  const pressed = (event: Event) => {
    const line = (event.target as Element).closest<HTMLElement>(".fold__line");
    const block = line?.closest("details");
    if (line && block) {
      event.preventDefault();
      transcript.keep(topOf(line), () => block.toggleAttribute("open"));
    }
  };
  transcript.addEventListener("click", pressed);
  return () => transcript.removeEventListener("click", pressed);
}
