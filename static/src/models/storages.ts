/** Remembers for as long as its page stands. */
class PageStorage implements Storage {
  readonly #kept = new Map<string, string>();

  get length(): number {
    return this.#kept.size;
  }

  key(index: number): string | null {
    return [...this.#kept.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.#kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.#kept.set(key, value);
  }

  removeItem(key: string): void {
    this.#kept.delete(key);
  }

  clear(): void {
    this.#kept.clear();
  }
}

/**
 * What the browser keeps for pages: this tab's, and that of all tabs. Where it forbids them to keep anything, a page
 * works all the same and remembers for as long as it stands.
 */
export const ofTab = storageIn(() => sessionStorage);
export const ofBrowser = storageIn(() => localStorage);

/** What `find` finds, which throws where it is forbidden, and in some browsers finds nothing. */
export function storageIn(find: () => Storage | null): Storage {
  try {
    return find() ?? new PageStorage();
  } catch {
    return new PageStorage();
  }
}

/** False where what is kept here is forgotten with the page. */
export function outlivesPage(storage: Storage): boolean {
  return !(storage instanceof PageStorage);
}

/** False when the browser has no room for it. */
export function keepIn(storage: Storage, key: string, value: string): boolean {
  try {
    storage.setItem(key, value);
    return true;
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === "QuotaExceededError") return false;
    throw fault;
  }
}

/** What was kept as JSON; null where there is nothing, or nothing that can be read. */
export function readKept(kept: string | null): unknown {
  try {
    return JSON.parse(kept ?? "null");
  } catch {
    return null;
  }
}
