import { get } from "../../models/send";
import type { Branch } from "../../models/views";
import type { TranscriptElement } from "../neighbours";
import { part, say } from "../parts";
import { drawAll } from "../reading/near";

/** So far above the window the next piece is asked for. */
const AHEAD = "1500px 0px 0px 0px";
/** A browser that prints waits for the page so long. What is missing then is counted on the paper. */
const PRINT_PATIENCE_MS = 10_000;

/**
 * What stands above the messages of the page: fetched in pieces as the reader comes near, and all of it before the
 * page is searched by the browser or printed. Without scripts its link leads there.
 */
export class Earlier {
  readonly #transcript: TranscriptElement;
  readonly #nearness: IntersectionObserver;
  #fetching: Promise<boolean> | null = null;

  constructor(transcript: TranscriptElement) {
    this.#transcript = transcript;
    this.#nearness = new IntersectionObserver(this.#near, { rootMargin: AHEAD });
  }

  /** Watches the reader until the returned function is called. */
  watch(): () => void {
    this.#nearness.observe(this.#line);
    part(this.#line, "earlier-link").addEventListener("click", this.#click);
    document.addEventListener("keydown", this.#key);
    window.addEventListener("beforeprint", this.#printing);
    return () => {
      this.#nearness.disconnect();
      window.removeEventListener("beforeprint", this.#printing);
      document.removeEventListener("keydown", this.#key);
    };
  }

  /** How many messages of the branch are not here, before those that are. */
  set count(count: number) {
    this.#line.hidden = count === 0;
    say(part(this.#line, "earlier-count"), String(count));
  }

  /** Fetches everything there is. Stops where the server cannot be reached; what is missing is still counted. */
  async all(): Promise<void> {
    while (!this.#line.hidden && (await this.#fetch()));
  }

  get #line(): HTMLElement {
    return part(this.#transcript, "earlier");
  }

  /** False when nothing came. */
  #fetch(): Promise<boolean> {
    this.#fetching ??= this.#fetchPiece().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetchPiece(): Promise<boolean> {
    const { first } = this.#transcript;
    const answer = await get<Branch>(this.#address);
    // Another branch may be shown by now, of which this is no part.
    if (!answer.ok || first !== this.#transcript.first) return false;
    this.#add(answer.body);
    return true;
  }

  get #address(): string {
    const { conversation, first } = this.#transcript;
    return `/conversations/${conversation}/messages/?before=${first}`;
  }

  #add({ messages, earlier }: Branch): void {
    this.#transcript.addEarlier(messages);
    this.count = earlier;
  }

  /** Printed from the browser's own menu: it waits for nothing, so the page stands still until the rest is there. */
  #printing = (): void => {
    const end = performance.now() + PRINT_PATIENCE_MS;
    while (!this.#line.hidden && performance.now() < end && this.#fetchAtOnce());
    drawAll();
  };

  /** False when nothing came, whatever the reason: what is there is printed. */
  #fetchAtOnce(): boolean {
    const request = new XMLHttpRequest();
    request.open("GET", this.#address, false);
    request.setRequestHeader("Accept", "application/json");
    try {
      request.send();
      if (request.status !== 200) return false;
      this.#add(JSON.parse(request.responseText));
      return true;
    } catch {
      return false;
    }
  }

  #near = async (entries: IntersectionObserverEntry[]): Promise<void> => {
    if (!entries.some(({ isIntersecting }) => isIntersecting) || !(await this.#fetch())) return;
    // Seen anew, in case that one piece was not enough.
    this.#nearness.unobserve(this.#line);
    this.#nearness.observe(this.#line);
  };

  #click = (event: Event): void => {
    event.preventDefault();
    void this.#fetch();
  };

  /** The browser finds and prints what is on the page. */
  #key = async (event: KeyboardEvent): Promise<void> => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || this.#line.hidden) return;
    if (event.key === "f") await this.all();
    if (event.key === "p") {
      event.preventDefault();
      await this.all();
      window.print();
    }
  };
}
