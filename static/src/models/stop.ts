import { post } from "./send";

/** A stop that does not get through is tried again at once, then a little later, then later still. */
const TRIES_AFTER_MS = [0, 300, 1000, 3000];

/** Ends a generation at event `seq`. True once the server has confirmed it. */
export async function stopGeneration(generation: string, seq: number, csrf: string): Promise<boolean> {
  for (const wait of TRIES_AFTER_MS) {
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    const answer = await post<object>(`/generations/${generation}/stop/`, { seq: String(seq) }, csrf);
    if (answer.ok) return true;
    // A refusal will not change by asking again; silence and a fallen server may.
    if (answer.refusal.status >= 400 && answer.refusal.status < 500) return false;
  }
  return false;
}
