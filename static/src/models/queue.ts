import { Look } from "./look";

/** The messages of a conversation that wait for the running reply to end, as the server has them. */
export interface QueueView {
  conversation: string;
  rows: QueuedRow[];
  /** Why they do not go out by themselves; "" while they do. */
  paused: string;
}

export interface QueuedRow {
  id: string;
  text: string;
  /** Sent only once that is saved or left. */
  is_being_edited: boolean;
}

/** Holds the latest picture of a queue, whichever order answers come in. */
export class Queue {
  readonly #look: Look<QueueView>;
  readonly #changed: (view: QueueView) => void;
  #view: QueueView;

  /** `fetch` reads it from the server, null when it cannot be had now. */
  constructor(view: QueueView, fetch: () => Promise<QueueView | null>, changed: (view: QueueView) => void) {
    this.#view = view;
    this.#look = new Look(fetch, (latest) => this.#put(latest));
    this.#changed = changed;
  }

  get view(): Readonly<QueueView> {
    return this.#view;
  }

  /** Something waits, and goes out as soon as it can. */
  get isMoving(): boolean {
    return this.#view.rows.some((row) => !row.is_being_edited) && !this.#view.paused;
  }

  /** What an act of ours left: a look that was under way may be older than that. */
  take(view: QueueView): void {
    this.#look.outdate();
    this.#put(view);
  }

  look(): Promise<void> {
    return this.#look.look();
  }

  #put(view: QueueView): void {
    this.#view = view;
    this.#changed(view);
  }
}
