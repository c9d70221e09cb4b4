import { newClientId } from "./client_id";
import { isFinal } from "./outbox";
import { type Answer, postBriefly } from "./send";

/**
 * Acts that are done once, however often they are asked for. The server may have done one that nobody answered: asked
 * for again it goes out under the same id, by which the server knows it.
 */
export class Once {
  /** By address and wish. */
  readonly #unanswered = new Map<string, string>();

  async post<T>(url: string, fields: Readonly<Record<string, string>>, csrf: string): Promise<Answer<T>> {
    const act = [url, ...Object.values(fields)].join(" ");
    const clientId = this.#unanswered.get(act) ?? newClientId();
    this.#unanswered.set(act, clientId);
    const answer = await postBriefly<T>(url, { client_id: clientId, ...fields }, csrf);
    if (answer.ok || isFinal(answer.refusal)) this.#unanswered.delete(act);
    return answer;
  }

  /** Whatever was not answered has come, or never will. */
  forget(): void {
    this.#unanswered.clear();
  }
}
