import type { Answer } from "./send";

const SAY_SENDING_AFTER_MS = 1000;
const OFFER_AGAIN_AFTER_MS = 10_000;

export interface Progress {
  /** It takes longer than one notices. */
  slow(): void;
  /** The server may never answer. `tryAgain` leaves this try and makes another. */
  hanging(tryAgain: () => void): void;
}

/**
 * Waits for a server as long as the person does. Every try is the same request: it is for the server to know it
 * again by its `client_id`, should an earlier try have reached it.
 */
export async function postPatiently<T>(
  post: (signal: AbortSignal) => Promise<Answer<T>>,
  progress: Progress,
): Promise<Answer<T>> {
  for (;;) {
    const attempt = new AbortController();
    const slow = setTimeout(() => progress.slow(), SAY_SENDING_AFTER_MS);
    const hanging = setTimeout(() => progress.hanging(() => attempt.abort()), OFFER_AGAIN_AFTER_MS);

    const answer = await post(attempt.signal);

    clearTimeout(slow);
    clearTimeout(hanging);
    if (answer.ok || !attempt.signal.aborted) return answer;
  }
}
