/** Which conversations got a reply while the person looked elsewhere. Shared by the tabs of one browser. */
export class UnreadStore {
  readonly #storage: Storage;
  readonly #key: string;

  constructor(storage: Storage, user: string) {
    this.#storage = storage;
    this.#key = `parley.unread.${user}`;
  }

  get ids(): ReadonlySet<string> {
    return new Set(JSON.parse(this.#storage.getItem(this.#key) ?? "[]") as string[]);
  }

  add(conversation: string): void {
    this.#keep(new Set(this.ids).add(conversation));
  }

  remove(conversation: string): void {
    const ids = new Set(this.ids);
    if (ids.delete(conversation)) this.#keep(ids);
  }

  clearAll(): void {
    this.#storage.removeItem(this.#key);
  }

  #keep(ids: Set<string>): void {
    this.#storage.setItem(this.#key, JSON.stringify([...ids]));
  }
}
