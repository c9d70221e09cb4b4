import { newClientId } from "./client_id";
import { type Draft, type DraftStore, EMPTY_DRAFT } from "./draft";

const KEEP_AFTER_MS = 300;

/** The draft of the page's conversation: kept on every short pause in typing, and whenever it is told to. */
export class KeptDraft {
  readonly #store: DraftStore;
  readonly #conversation: () => string;
  readonly #overflowed: () => void;
  #draft: Draft = { ...EMPTY_DRAFT };
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `conversation` says whose draft it is now; `overflowed` hears that the browser has no room for it. */
  constructor(store: DraftStore, conversation: () => string, overflowed: () => void) {
    this.#store = store;
    this.#conversation = conversation;
    this.#overflowed = overflowed;
  }

  restore(): Readonly<Draft> {
    this.#draft = this.#store.load(this.#conversation());
    return this.#draft;
  }

  /** What stands in the box now. Another text is another message, so it gets an id of its own. */
  change(text: string, effort: string, pastes: readonly string[] = []): void {
    this.#draft = { text, effort, clientId: "", pastes };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  /** The id under which this text is sent, the same for every try, after a reload too. */
  get clientId(): string {
    if (!this.#draft.clientId) {
      this.#draft.clientId = newClientId();
      this.keep();
    }
    return this.#draft.clientId;
  }

  /** The server will never take this text under this id. */
  forgetClientId(): void {
    this.#draft.clientId = "";
    this.keep();
  }

  keep(): void {
    clearTimeout(this.#timer);
    if (!this.#store.save(this.#conversation(), this.#draft)) this.#overflowed();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#store.clear(this.#conversation());
  }
}
