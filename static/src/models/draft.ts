import { readKept } from "./storages";

/** What a person has typed and not sent. Kept per person, conversation and tab; only the browser knows it. */
export interface Draft {
  text: string;
  /** "" where the person left it as the conversation has it. */
  effort: string;
  /** Set once a send was tried: the same text goes out again under the same id, so it is never sent twice. */
  clientId: string;
  /** Long texts that stand folded beside the box. */
  pastes: readonly string[];
}

/** Characters. A browser keeps about five million for a whole site, and is slow at it. */
const MOST_KEPT = 1_500_000;

export const EMPTY_DRAFT: Readonly<Draft> = { text: "", effort: "", clientId: "", pastes: [] };

/**
 * The drafts of a tab, which no other one can take away, and what was kept last in any of them: with that a tab begins
 * in which nothing was written.
 */
export class DraftStore {
  readonly #own: Storage;
  readonly #latest: Storage;
  readonly #prefix: string;
  /** What this page last read or wrote, by key: only that does it take away. Another tab may have put more there since. */
  readonly #seen = new Map<string, string | null>();
  #isClosed = false;

  /** `own` lasts as long as the tab, through its reloads; `latest` is of all tabs and stays. */
  constructor(own: Storage, latest: Storage, user: string) {
    this.#own = own;
    this.#latest = latest;
    this.#prefix = `parley.draft.${user}.`;
  }

  /** The draft of a conversation, "" being the one not begun yet. */
  load(conversation: string): Draft {
    const key = this.#keyOf(conversation);
    const kept = this.#own.getItem(key) ?? this.#latest.getItem(key);
    this.#seen.set(key, kept);
    return draftIn(readKept(kept));
  }

  /** Whether the draft of this conversation was written in this tab. */
  isOwn(conversation: string): boolean {
    return this.#own.getItem(this.#keyOf(conversation)) !== null;
  }

  /** False when the browser has no room for it: the text then lives in the box alone. */
  save(conversation: string, draft: Draft): boolean {
    if (!draft.text && !draft.effort && !draft.pastes.length) {
      this.clear(conversation);
      return true;
    }
    if (this.#isClosed) return true;
    try {
      const long = draft.pastes.reduce((sum, text) => sum + text.length, 0);
      // What was typed is kept in any case.
      const kept = long > MOST_KEPT ? { ...draft, pastes: [], clientId: "" } : draft;
      this.#put(this.#keyOf(conversation), JSON.stringify(kept));
      return kept === draft;
    } catch (fault) {
      if (fault instanceof DOMException && fault.name === "QuotaExceededError") return false;
      throw fault;
    }
  }

  clear(conversation: string): void {
    const key = this.#keyOf(conversation);
    this.#own.removeItem(key);
    if (this.#latest.getItem(key) === (this.#seen.get(key) ?? null)) this.#latest.removeItem(key);
  }

  /** Whether what another tab has just changed is the draft of this conversation. */
  isOf(conversation: string, { key }: StorageEvent): boolean {
    return key === this.#keyOf(conversation);
  }

  /** At sign-out: nobody who sits down here next finds anything, nor what this page would keep as it is left. */
  clearAll(): void {
    this.#isClosed = true;
    for (const storage of [this.#own, this.#latest]) {
      const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? "");
      for (const key of keys.filter((key) => key.startsWith(this.#prefix))) storage.removeItem(key);
    }
  }

  #put(key: string, draft: string): void {
    this.#own.setItem(key, draft);
    this.#latest.setItem(key, draft);
    this.#seen.set(key, draft);
  }

  #keyOf(conversation: string): string {
    return this.#prefix + (conversation || "new");
  }
}

/** Of what was kept only what can be a draft's: an extension may have put anything there. */
function draftIn(kept: unknown): Draft {
  const { text, effort, clientId, pastes } = { ...EMPTY_DRAFT, ...(kept as object | null) } as Record<
    keyof Draft,
    unknown
  >;
  return {
    text: textIn(text),
    effort: textIn(effort),
    clientId: textIn(clientId),
    pastes: Array.isArray(pastes) ? pastes.map(textIn).filter(Boolean) : [],
  };
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A text that is put back stands below whatever was typed meanwhile. */
export function joined(typed: string, putBack: string): string {
  return typed.trim() ? `${typed.trimEnd()}\n\n${putBack}` : putBack;
}
