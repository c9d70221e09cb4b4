import { t } from "../words";

/** A tool that the model had used. `about` is what for, in few words. */
export interface Step {
  id: string;
  name: string;
  about: string;
  state: "running" | "done" | "failed";
  arguments: string;
  result: string;
}

/**
 * What a reply said before it asked for tools, and what came of them. Positions count characters as the server does:
 * one for each code point of what was written for the reply itself.
 */
export interface Hop {
  number: number;
  text_at: number;
  reasoning_at: number;
  steps: readonly Step[];
}

const MOST_OF_A_RESULT = 60;

/** The hops known so far with those that began or came out since. */
export function merged(known: readonly Hop[], fresh: readonly Hop[] | null | undefined): readonly Hop[] {
  if (!fresh?.length) return known;
  const byNumber = new Map([...known, ...fresh].map((hop) => [hop.number, hop]));
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** Where the server's position stands in a string of ours. */
export function indexAt(text: string, position: number): number {
  let index = 0;
  for (let count = 0; count < position && index < text.length; count += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** The reasoning before each hop, and after the last. */
export function phasesOf(reasoning: string, hops: readonly Hop[]): string[] {
  const ends = hops.map((hop) => indexAt(reasoning, hop.reasoning_at));
  return [...ends, reasoning.length].map((end, place) => reasoning.slice(place ? ends[place - 1] : 0, end));
}

/** What a step says of itself, as `conversations/step_words.py` does. */
export function lineOf({ name, about, state, result }: Step): string {
  const what = { about: about || name };
  if (name !== "calculate" || !about) {
    if (state === "failed") return t("%(about)s did not work", what);
    return state === "done" ? t("Used %(about)s", what) : t("Using %(about)s…", what);
  }
  if (state === "done") return t("Calculated %(about)s %(result)s", { ...what, result: equals(result) });
  return state === "failed" ? t("Could not calculate %(about)s", what) : t("Calculating %(about)s…", what);
}

/** A rounded one begins with its own sign. */
function equals(result: string): string {
  const shown = result.startsWith("≈") ? result : `= ${result}`;
  return shown.length <= MOST_OF_A_RESULT ? shown : `${shown.slice(0, MOST_OF_A_RESULT)}…`;
}
