import { type Found, isMeant } from "../../models/palette";
import { get, isSignedOut } from "../../models/send";
import { isForInputMethod } from "../../models/send_key";
import { t } from "../../words";
import { part, say } from "../parts";
import { signal } from "../signals";
import { pageActs } from "./page_acts";
import { counted, modelRows, pick, rowOf } from "./rows";

const PAUSE_MS = 150;
const RECENT = 6;
const NOTHING = t("Nothing of yours says that.");

/**
 * `<parley-palette>`: everything by its name. The box keeps the focus and one of the rows is chosen; acts are there at
 * once, conversations and messages as the server finds them.
 */
export class Palette extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What was asked last: an answer to anything else comes too late. */
  #asked = "";
  #chosen: HTMLElement | null = null;
  /** By the arrow keys, since something was typed. */
  #isPicked = false;

  connectedCallback(): void {
    pageActs.palette = { do: () => (this.#dialog.open ? this.#dialog.close() : this.open()) };
    this.#box.addEventListener("input", this.#typed);
    this.#box.addEventListener("keydown", this.#key);
    // The box keeps the focus.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", this.#pressed);
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("close", this.#closed);
    part(this, "palette-close").addEventListener("click", () => this.#dialog.close());
    document.addEventListener("click", this.#opened);
  }

  open(): void {
    if (document.querySelector("dialog:modal")) return;
    this.#box.value = "";
    this.#dialog.showModal();
    this.#typed();
  }

  get #dialog(): HTMLDialogElement {
    return part<HTMLDialogElement>(this, "palette");
  }

  get #box(): HTMLInputElement {
    return part<HTMLInputElement>(this, "palette-text");
  }

  get #list(): HTMLElement {
    return part(this, "palette-list");
  }

  get #rows(): HTMLElement[] {
    const rows = [...this.#list.querySelectorAll<HTMLElement>("[role=option]:not([hidden])")];
    return rows.filter((row) => !row.closest("[role=group][hidden]"));
  }

  // --- what is typed -------------------------------------------------------------------------------------

  #typed = (): void => {
    const [before, typed] = [this.#asked, this.#box.value.trim()];
    clearTimeout(this.#timer);
    this.#asked = typed;
    this.#isPicked = false;
    say(part(this, "palette-note"), "");
    this.#showActs(typed);
    const all = part<HTMLAnchorElement>(this, "palette-all");
    all.hidden = !typed;
    all.search = `?q=${encodeURIComponent(typed)}`;
    say(part(all, "palette-all-words"), t("Everything with “%(words)s”", { words: typed }));
    if (!typed) this.#showRecent();
    else {
      // The latest ones are no answer to this.
      if (!before) this.#showRows([], []);
      this.#timer = setTimeout(() => void this.#ask(typed), PAUSE_MS);
    }
    // What was found so far was found for something else: Enter takes none of it before the answer has come.
    this.#choose(this.#rows.find((row) => !typed || row.closest("[data-part=palette-acts]")));
  };

  async #ask(typed: string): Promise<void> {
    const answer = await get<Found>(`/search/found/?q=${encodeURIComponent(typed)}`);
    if (this.#asked !== typed || !this.#dialog.open) return;
    if (answer.ok) this.#showFound(answer.body);
    else {
      say(part(this, "palette-note"), answer.refusal.message);
      if (isSignedOut(answer.refusal)) signal("signedOut", undefined);
    }
  }

  // --- what is shown -------------------------------------------------------------------------------------

  #showActs(typed: string): void {
    const acts = part(this, "palette-acts");
    for (const made of acts.querySelectorAll("[data-model-row]")) made.remove();
    for (const row of acts.querySelectorAll<HTMLElement>("[role=option]")) {
      const { does, askedOnly } = row.dataset;
      const act = does ? pageActs[does] : null;
      const can = act === null || (act !== undefined && (!act.can || Boolean(act.can())));
      row.hidden = !can || (!typed && askedOnly !== undefined) || !isMeant(typed, row.textContent ?? "");
    }
    if (typed) acts.append(...modelRows().filter((row) => isMeant(typed, row.textContent ?? "")));
    acts.hidden = !acts.querySelector("[role=option]:not([hidden])");
  }

  /** Before anything is typed: the latest conversations of the list, above what can be done. */
  #showRecent(): void {
    const links = this.ownerDocument.querySelectorAll<HTMLAnchorElement>(
      ".sidebar__list li [data-part=link]",
    );
    const others = [...links].filter((link) => link.ariaCurrent !== "page").slice(0, RECENT);
    const rows = others.map((link) => {
      const title = part(link, "title").textContent ?? "";
      return rowOf({ title, url: link.href, is_archived: false, parts: [{ text: title, is_hit: false }] });
    });
    this.#list.prepend(part(this, "palette-titles"));
    this.#fill("palette-titles", rows);
    this.#fill("palette-messages", []);
  }

  #showFound({ conversations, messages }: Found): void {
    this.#showRows(conversations.map(rowOf), messages.map(rowOf));
    const isFound = conversations.length + messages.length > 0;
    part(this, "palette-all").hidden = !isFound;
    say(part(this, "palette-note"), isFound ? counted(conversations.length, messages.length) : NOTHING);
    const isThere = this.#rows.some((row) => row === this.#chosen);
    this.#choose((this.#isPicked && isThere && this.#chosen) || this.#rows[0]);
  }

  /** Below what can be done. */
  #showRows(conversations: HTMLElement[], messages: HTMLElement[]): void {
    part(this, "palette-acts").after(part(this, "palette-titles"));
    this.#fill("palette-titles", conversations);
    this.#fill("palette-messages", messages);
  }

  #fill(name: string, rows: HTMLElement[]): void {
    const group = part(this, name);
    for (const row of group.querySelectorAll("[role=option]")) row.remove();
    group.append(...rows);
    group.hidden = !rows.length;
  }

  // --- which one -----------------------------------------------------------------------------------------

  #choose(chosen: HTMLElement | undefined): void {
    this.#chosen = chosen ?? null;
    for (const [number, row] of this.#rows.entries()) {
      row.id = `palette-row-${number}`;
      row.ariaSelected = String(row === chosen);
    }
    if (chosen) this.#box.setAttribute("aria-activedescendant", chosen.id);
    else this.#box.removeAttribute("aria-activedescendant");
    if (chosen === this.#rows[0]) this.#list.scrollTop = 0;
    else chosen?.scrollIntoView({ block: "nearest" });
  }

  #key = (event: KeyboardEvent): void => {
    if (isForInputMethod(event)) return;
    const rows = this.#rows; // the last leads to everything with these words
    const at = this.#chosen ? rows.indexOf(this.#chosen) : -1;
    if (event.key === "ArrowDown") this.#pick(rows[(at + 1) % rows.length]);
    else if (event.key === "ArrowUp") this.#pick(rows[(at - 1 + rows.length) % rows.length]);
    else if (event.key === "Enter") (this.#chosen ?? rows.at(-1))?.click();
    else return;
    event.preventDefault();
  };

  #pick(row: HTMLElement | undefined): void {
    this.#isPicked = true;
    this.#choose(row);
  }

  #pressed = (event: Event): void => {
    const row = (event.target as Element).closest<HTMLElement>("[role=option]");
    const does = row?.dataset.does;
    const { ctrlKey, metaKey, shiftKey } = event as MouseEvent;
    if (!row || ctrlKey || metaKey || shiftKey) return; // into another tab: the palette stays
    this.#dialog.close();
    if (does) pageActs[does]?.do();
    if (row.dataset.modelRow) pick(row.dataset.modelRow);
  };

  /** By the button in the list of conversations. */
  #opened = (event: MouseEvent): void => {
    const link = (event.target as Element).closest("[data-act=palette]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open();
  };

  /** The browser gives the focus back; not where that is in the drawer, which went when this came. */
  #closed = (): void => {
    clearTimeout(this.#timer);
    this.#asked = "";
    const { activeElement } = document;
    if (activeElement !== document.body && activeElement?.checkVisibility()) return;
    document.querySelector<HTMLElement>(".header__menu")?.focus();
  };
}
