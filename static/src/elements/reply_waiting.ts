import type { Reply } from "../models/reply";
import { t } from "../words";
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
    const [whom, time] = [reply.provider, seconds(waited)];
    const words = whom
      ? t("Waiting for %(whom)s… %(time)s", { whom, time })
      : t("Waiting… %(time)s", { time });
    sayOrHide(this.#line, isLong ? words : "");
  }

  stopping(): void {
    say(this.#line, t("Stopping…"));
  }

  hide(): void {
    this.#line.hidden = true;
  }

  get #line(): HTMLElement {
    return part(this.#reply, "waiting");
  }
}
