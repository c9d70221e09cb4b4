import { t } from "../words";
import { post } from "./send";

/** A stop that does not get through is tried again at once, then a little later, then later still. */
const TRIES_AFTER_MS = [0, 300, 1000, 3000];
/** A dead network takes minutes to say so. */
const PATIENCE_MS = 5000;

/** What became of it: confirmed by the server, refused by it, or never answered. */
export type Stopping = "stopped" | "refused" | "unreachable";

/** What is said of a reply that was not stopped. */
export const NOT_STOPPED = {
  refused: t("The server did not take the stop, so the reply goes on."),
  unreachable: t("The server could not be reached, so the reply goes on. You can stop it again."),
};

/** Ends a generation at event `seq`. */
export async function stopGeneration(generation: string, seq: number, csrf: string): Promise<Stopping> {
  const url = `/generations/${generation}/stop/`;
  for (const wait of TRIES_AFTER_MS) {
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait));
    const answer = await post<object>(url, { seq: String(seq) }, csrf, AbortSignal.timeout(PATIENCE_MS));
    if (answer.ok) return "stopped";
    // A refusal will not change by asking again; silence and a fallen server may.
    if (answer.refusal.status >= 400 && answer.refusal.status < 500) return "refused";
  }
  return "unreachable";
}
