import type { Reply } from "../models/reply";
import { part, say, sayOrHide, seconds } from "./parts";

const SAY_WAITING_AFTER_MS = 2000;

/** The line that says for whom one waits, once it takes longer than one notices. */
export class ReplyWaiting {
  readonly #reply: HTMLElement;

  constructor(reply: HTMLElement) {
    this.#reply = reply;
  }

  draw(reply: Reply): void {
    const waited = reply.waitedMs();
    const isLong = reply.phase === "waiting" && waited >= SAY_WAITING_AFTER_MS;
    const whom = reply.provider ? ` for ${reply.provider}` : "";
    sayOrHide(this.#line, isLong ? `Waiting${whom}… ${seconds(waited)}` : "");
  }

  stopping(): void {
    say(this.#line, "Stopping…");
  }

  hide(): void {
    this.#line.hidden = true;
  }

  get #line(): HTMLElement {
    return part(this.#reply, "waiting");
  }
}
