import { newClientId } from "./client_id";
import { type Draft, type DraftStore, EMPTY_DRAFT } from "./draft";

const KEEP_AFTER_MS = 300;

/** The draft of the page's conversation: kept on every short pause in typing, and whenever it is told to. */
export class KeptDraft {
  readonly #store: DraftStore;
  readonly #conversation: () => string;
  readonly #overflowed: () => void;
  #draft: Draft = { ...EMPTY_DRAFT };
  /** What was sent last, and maybe taken without our hearing of it. */
  #tried: Draft | null = null;
  /** Something was typed or tried in this tab. Else what another one has kept since is the newer one. */
  #isOwn = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `conversation` says whose draft it is now; `overflowed` hears that the browser has no room for it. */
  constructor(store: DraftStore, conversation: () => string, overflowed: () => void) {
    this.#store = store;
    this.#conversation = conversation;
    this.#overflowed = overflowed;
  }

  restore(): Readonly<Draft> {
    this.#draft = this.#store.load(this.#conversation());
    this.#isOwn = this.#store.isOwn(this.#conversation());
    this.#tried = this.#draft.clientId ? this.#draft : null;
    return this.#draft;
  }

  /**
   * What another tab has just made of the draft that was found here: written on, or sent. Null where it is another
   * conversation's, where nothing was found, and where it became this tab's own.
   */
  follow(change: StorageEvent): Readonly<Draft> | null {
    const wasFound = !this.#isOwn && !isSame(this.#draft, EMPTY_DRAFT);
    return wasFound && this.#store.isOf(this.#conversation(), change) ? this.restore() : null;
  }

  /** What stands in the box now. Another text is another message with an id of its own; the same again is the same. */
  change(text: string, effort: string, pastes: readonly string[] = []): void {
    const draft = { text, effort, clientId: "", pastes };
    this.#isOwn ||= !isSame(draft, this.#draft);
    this.#draft = this.#tried && isSame(draft, this.#tried) ? this.#tried : draft;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  /** The id under which this text is sent, the same for every try, after a reload too. */
  get clientId(): string {
    if (!this.#draft.clientId) {
      this.#draft.clientId = newClientId();
      this.#tried = this.#draft;
      this.#isOwn = true;
      this.keep();
    }
    return this.#draft.clientId;
  }

  /** The server will never take this text under this id. */
  forgetClientId(): void {
    this.#draft = { ...this.#draft, clientId: "" };
    this.#tried = null;
    this.keep();
  }

  keep(): void {
    clearTimeout(this.#timer);
    if (!this.#isOwn) return;
    if (!this.#store.save(this.#conversation(), this.#draft)) this.#overflowed();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#tried = null;
    this.#draft = { ...EMPTY_DRAFT };
    this.#isOwn = false;
    this.#store.clear(this.#conversation());
  }
}

function isSame(draft: Draft, other: Draft): boolean {
  const isEqual = draft.text === other.text && draft.effort === other.effort;
  return isEqual && draft.pastes.join("\0") === other.pastes.join("\0");
}
