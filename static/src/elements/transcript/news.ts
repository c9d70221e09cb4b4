import { part, say } from "../parts";
import type { ReplyElement } from "../reply/reply";

/**
 * A line for those who listen: how the last reply stands, in a word or two, politely; that it did not work, at once.
 * The text itself is never read out as it grows.
 */
export class News {
  /** What was said last, so that it is not said again. */
  #said = "";

  tell(tip: string, last: ReplyElement | undefined): void {
    const news = last ? `${tip} ${last.state}` : "";
    if (!last || news === this.#said) return;
    this.#said = news;
    const status = part(document, "status");
    // What stood there when the page was opened is no news.
    if (!last.isRunning && !status.textContent) return;
    say(status, last.hasFailed ? "" : last.state);
    say(part(document, "alarm"), last.hasFailed ? last.state : "");
  }
}
