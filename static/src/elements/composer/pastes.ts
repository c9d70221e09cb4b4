import { aboutTokens } from "../../models/tokens";
import { part, say, shortCount } from "../parts";

/** Characters. A box that holds more than this is slow to type in, and shows none of what one writes. */
export const FOLD_FROM = 8_000;
/** A line need not be counted anew with every key. */
const COUNT_AFTER_MS = 400;

/** Long texts that were pasted: a line each above the box, which opens to be edited. They follow what is typed. */
export class ComposerPastes {
  readonly #composer: HTMLElement;
  readonly #changed: () => void;
  /** By line, what it holds: a text area gets its text only when it is opened. */
  readonly #texts = new Map<HTMLElement, string>();

  constructor(composer: HTMLElement, changed: () => void) {
    this.#composer = composer;
    this.#changed = changed;
  }

  listen(signal: AbortSignal): void {
    part(this.#composer, "text").addEventListener("paste", this.#paste, { signal });
    this.#place.addEventListener("input", this.#edited, { signal });
    this.#place.addEventListener("click", this.#pressed, { signal });
    this.#place.addEventListener("toggle", this.#toggled, { capture: true, signal });
  }

  get texts(): string[] {
    return [...this.#texts.values()].filter((text) => text.trim());
  }

  set texts(texts: readonly string[]) {
    this.#texts.clear();
    this.#place.replaceChildren();
    for (const text of texts) this.#add(text);
  }

  /** What stands here now, by its line. */
  get standing(): ReadonlyMap<HTMLElement, string> {
    return new Map(this.#texts);
  }

  /** Lets go of what stands as it stood then; lines that were opened, edited or added since stay as they are. */
  release(stood: ReadonlyMap<HTMLElement, string>): void {
    for (const [line, text] of stood) if (this.#texts.get(line) === text) this.#remove(line);
  }

  get tokens(): number {
    const counts = [...this.#texts.keys()].map((line) => Number(line.dataset.tokens));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Takes a text too long for the box. */
  fold(text: string): void {
    this.#add(text);
    this.#changed();
  }

  get #place(): HTMLElement {
    return part(this.#composer, "pastes");
  }

  #paste = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text.length < FOLD_FROM) return;
    event.preventDefault();
    this.fold(text.replaceAll("\r\n", "\n"));
  };

  #add(text: string): void {
    const template = part<HTMLTemplateElement>(this.#composer, "paste").content.firstElementChild;
    if (!template) throw new Error("The template has no line.");
    const line = document.importNode(template, true) as HTMLElement;
    this.#texts.set(line, text);
    this.#count(line);
    this.#place.append(line);
  }

  #count(line: HTMLElement): void {
    const text = this.#texts.get(line) ?? "";
    const tokens = aboutTokens(text);
    line.dataset.tokens = String(tokens);
    const words = part(line, "paste-words");
    const [characters, about] = [text.length.toLocaleString("en-GB"), roughly(tokens)];
    say(words, (words.dataset.words ?? "").replace("{characters}", characters).replace("{tokens}", about));
  }

  #toggled = (event: Event): void => {
    const details = event.target as HTMLDetailsElement;
    const line = details.closest<HTMLElement>(".paste");
    const area = part<HTMLTextAreaElement>(details, "paste-text");
    if (line && details.open && !area.value) area.value = this.#texts.get(line) ?? "";
  };

  #edited = (event: Event): void => {
    const line = (event.target as Element).closest<HTMLElement>(".paste");
    if (!line) return;
    this.#texts.set(line, (event.target as HTMLTextAreaElement).value);
    clearTimeout(Number(line.dataset.timer));
    line.dataset.timer = String(setTimeout(() => this.#recount(line), COUNT_AFTER_MS));
  };

  #recount(line: HTMLElement): void {
    this.#count(line);
    this.#changed();
  }

  #pressed = (event: Event): void => {
    const line = (event.target as Element).closest("[data-act=remove-paste]")?.closest<HTMLElement>(".paste");
    if (!line) return;
    this.#remove(line);
    this.#changed();
    part(this.#composer, "text").focus();
  };

  #remove(line: HTMLElement): void {
    this.#texts.delete(line);
    line.remove();
  }
}

/** Two or three digits are all that a guess is worth: 7,801 is "7,800". */
function roughly(tokens: number): string {
  return tokens < 100_000 ? (Math.round(tokens / 100) * 100).toLocaleString("en-GB") : shortCount(tokens);
}
