import type { Reply } from "../../models/reply";
import { t } from "../../words";
import { part, say, sayOrHide, seconds } from "../parts";

const SAY_WAITING_AFTER_MS = 2000;

/** The line that says for whom one waits, once it takes longer than one notices. */
export class ReplyWaiting {
  readonly #reply: HTMLElement;
  #found: HTMLElement | undefined;

  constructor(reply: HTMLElement) {
    this.#reply = reply;
  }

  draw(reply: Reply): void {
    const waited = reply.waitedMs();
    const isLong = reply.phase === "waiting" && waited >= SAY_WAITING_AFTER_MS;
    sayOrHide(this.#line, isLong ? wordsFor(reply.provider, seconds(waited)) : "");
  }

  stopping(): void {
    say(this.#line, t("Stopping…"));
  }

  hide(): void {
    this.#line.hidden = true;
  }

  /** Looked for once: it stands behind a text that may be long, and is asked for at every frame. */
  get #line(): HTMLElement {
    this.#found ??= part(this.#reply, "waiting");
    return this.#found;
  }
}

function wordsFor(whom: string, time: string): string {
  return whom ? t("Waiting for %(whom)s… %(time)s", { whom, time }) : t("Waiting… %(time)s", { time });
}
