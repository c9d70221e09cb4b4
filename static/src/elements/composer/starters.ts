import { newClientId } from "../../models/client_id";

/** The beginnings that an empty page offers: sent at once, and one message however often one is pressed. */
export class Starters {
  readonly #send: (text: string, clientId: string) => void;
  readonly #ids = new Map<string, string>();

  constructor(send: (text: string, clientId: string) => void) {
    this.#send = send;
  }

  listen(signal: AbortSignal): void {
    document.addEventListener("submit", this.#submit, { signal });
  }

  #submit = (event: SubmitEvent): void => {
    const { submitter } = event;
    if (!(event.target as Element).matches("[data-part=starters]")) return;
    event.preventDefault();
    if (!(submitter instanceof HTMLButtonElement)) return;
    const clientId = this.#ids.get(submitter.value) ?? newClientId();
    this.#ids.set(submitter.value, clientId);
    this.#send(submitter.value, clientId);
  };
}
