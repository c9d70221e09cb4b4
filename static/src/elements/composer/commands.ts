import { type Reading, readCommand } from "../../models/commands";
import { isForInputMethod } from "../../models/send_key";
import { part, say } from "../parts";

const BEGUN = /^\/[a-z]*$/i;

/** The list of commands above the box while one is begun, and the question about one that there is not. */
export class ComposerCommands {
  readonly #composer: HTMLElement;
  readonly #run: (name: string) => void;
  #isDismissed = false;

  /** `run` does a command that needs no more words. */
  constructor(composer: HTMLElement, run: (name: string) => void) {
    this.#composer = composer;
    this.#run = run;
  }

  listen(signal: AbortSignal): void {
    // The box keeps the focus: the list is its own.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#list.addEventListener("click", this.#pressed, { signal });
    this.#area.addEventListener("blur", () => this.#close(), { signal });
  }

  read(text: string): Reading {
    return readCommand(text, new Set(this.#rows.map((row) => row.dataset.command ?? "")));
  }

  /** Shows what can still become of what is typed. */
  draw(): void {
    const typed = this.#area.value;
    if (!typed.startsWith("/")) this.#isDismissed = false;
    this.#question.hidden = true;
    const isOpen = BEGUN.test(typed) && !this.#isDismissed;
    const begun = typed.slice(1).toLowerCase();
    for (const row of this.#rows) row.hidden = !isOpen || !row.dataset.command?.startsWith(begun);
    this.#list.hidden = !this.#shown.length;
    this.#select(this.#shown[0]);
  }

  /** True when the key was for the list. */
  takes(event: KeyboardEvent): boolean {
    if (this.#list.hidden || isForInputMethod(event)) return false;
    if (event.key === "Escape") this.#dismiss();
    else if (event.key === "ArrowDown") this.#step(1);
    else if (event.key === "ArrowUp") this.#step(-1);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) this.#choose(this.#selected);
    else return false;
    event.preventDefault();
    return true;
  }

  /** Asks whether what is no command is meant as text. */
  ask(name: string): void {
    const sentence = part(this.#question, "unknown-sentence");
    say(sentence, (sentence.dataset.words ?? "").replace("{name}", `/${name}`));
    if (this.#question.hidden) this.#question.hidden = false;
    else part(this.#question, "send-as-text").focus();
  }

  get #area(): HTMLTextAreaElement {
    return part<HTMLTextAreaElement>(this.#composer, "text");
  }

  get #question(): HTMLElement {
    return part(this.#composer, "unknown");
  }

  get #list(): HTMLElement {
    return part(this.#composer, "commands");
  }

  get #rows(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("[role=option]")];
  }

  get #shown(): HTMLElement[] {
    return this.#rows.filter((row) => !row.hidden);
  }

  get #selected(): HTMLElement | undefined {
    return this.#shown.find((row) => row.ariaSelected === "true");
  }

  #select(selected: HTMLElement | undefined): void {
    for (const row of this.#rows) row.ariaSelected = String(row === selected);
    if (selected) this.#area.setAttribute("aria-activedescendant", selected.id);
    else this.#area.removeAttribute("aria-activedescendant");
    selected?.scrollIntoView({ block: "nearest" });
  }

  #step(by: number): void {
    const rows = this.#shown;
    const at = this.#selected ? rows.indexOf(this.#selected) : 0;
    this.#select(rows[(at + by + rows.length) % rows.length]);
  }

  #choose(row: HTMLElement | undefined): void {
    if (!row) return;
    const { command = "", argument } = row.dataset;
    this.#close();
    if (argument === undefined) this.#run(command);
    else {
      this.#area.value = `/${command} `;
      this.#area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  #pressed = (event: Event): void => {
    this.#choose((event.target as Element).closest<HTMLElement>("[role=option]") ?? undefined);
  };

  /** A slash alone was only there for the list, and is nobody's draft. */
  #dismiss(): void {
    this.#isDismissed = true;
    this.#close();
    if (this.#area.value !== "/") return;
    this.#area.value = "";
    this.#area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #close(): void {
    this.#list.hidden = true;
    this.#select(undefined);
  }
}
