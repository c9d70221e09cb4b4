import { type Answer, postBriefly, type Refusal } from "../../models/send";
import { hasNoShiftKey } from "../../models/send_key";
import { keepPlace } from "../focus";
import type { Menu } from "../menu";
import { csrf } from "../page";
import { part, say } from "../parts";

/** Which model answers next. What is picked is kept at once; the header and the efforts follow. */
export class ComposerModels {
  readonly #composer: HTMLElement;
  readonly #conversation: () => string;
  readonly #refused: (refusal: Refusal) => void;
  #kept: HTMLInputElement | undefined;
  #keeping: Promise<boolean> = Promise.resolve(true);

  constructor(composer: HTMLElement, conversation: () => string, refused: (refusal: Refusal) => void) {
    this.#composer = composer;
    this.#conversation = conversation;
    this.#refused = refused;
  }

  listen(signal: AbortSignal): void {
    this.#kept = this.#picked;
    this.#fitEfforts();
    part(this.#composer, "models").addEventListener("change", () => this.#pick(), { signal });
    // A press picks and is done; arrow keys go through the list.
    part(this.#composer, "models").addEventListener("click", this.#pressed, { signal });
    part(this.#composer, "models").addEventListener("keydown", this.#chosen, { signal });
    // Whoever looks for the models beside the title is shown where they are picked.
    document.addEventListener("click", this.#asked, { signal });
  }

  /** The slug of what is picked. */
  get slug(): string {
    return this.#picked?.value ?? "";
  }

  /** Resolves once what is picked is the conversation's; false where the server did not take it. */
  kept(): Promise<boolean> {
    return this.#keeping;
  }

  /** The conversation has begun with this one. What was picked since then is for the next message. */
  begun(slug: string): void {
    this.#kept = this.#radios.find(({ value }) => value === slug);
    if (this.slug !== slug) this.#keepPicked();
  }

  open(): void {
    part(this.#composer, "models").querySelector<HTMLDetailsElement>("details")?.setAttribute("open", "");
    this.#picked?.focus();
  }

  /** Picks the model whose name begins with, or holds, what was typed; false where none does. */
  pickNamed(words: string): boolean {
    const wanted = words.trim().toLowerCase();
    const named = (radio: HTMLInputElement) => `${radio.value} ${radio.dataset.name}`.toLowerCase();
    const found =
      this.#radios.find((radio) => radio.value === wanted || radio.dataset.name?.toLowerCase() === wanted) ??
      this.#radios.find((radio) => named(radio).includes(wanted));
    if (!found) return false;
    found.checked = true;
    this.#pick();
    return true;
  }

  get #radios(): HTMLInputElement[] {
    return [...this.#composer.querySelectorAll<HTMLInputElement>("input[name=model]")];
  }

  get #picked(): HTMLInputElement | undefined {
    return this.#radios.find(({ checked }) => checked);
  }

  #asked = ({ target }: Event): void => {
    if ((target as Element).closest("[data-act=models]")) this.open();
  };

  #pressed = (event: Event): void => {
    const { pointerType, target } = event as PointerEvent;
    const isByKey = !pointerType && (target as HTMLElement).matches("input");
    if (isByKey || !(target as Element).closest("[data-act], label")) return;
    part<Menu>(this.#composer, "models").close();
    if (!(target as Element).closest("[data-act]")) keepPlace(hasNoShiftKey() ? this.#chip : null);
  };

  /** Enter takes what the arrow keys have picked, and sends nothing. */
  #chosen = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.target as Element).matches("input")) return;
    event.preventDefault();
    part<Menu>(this.#composer, "models").close();
    this.#chip?.focus();
  };

  get #chip(): HTMLElement | null {
    return part(this.#composer, "models").querySelector("summary");
  }

  #pick(): void {
    if (!this.#picked) return;
    this.#show(this.#picked);
    if (this.#conversation()) this.#keepPicked();
  }

  /** One after the other: the last one picked is the last that the server hears of. */
  #keepPicked(): void {
    const keeping = this.#keeping.then(() => this.#keep());
    this.#keeping = keeping;
    // One that was not taken is shown no more, and stands in nobody's way.
    void keeping.then(() => {
      if (this.#keeping === keeping) this.#keeping = Promise.resolve(true);
    });
  }

  async #keep(): Promise<boolean> {
    const picked = this.#picked;
    if (!picked || picked === this.#kept) return true;
    const url = `/conversations/${this.#conversation()}/model/`;
    const answer: Answer<unknown> = await postBriefly(url, { model: picked.value }, csrf());
    if (answer.ok) this.#kept = picked;
    // Another was picked meanwhile: what becomes of that one counts.
    else if (picked === this.#picked) this.#goBack(answer.refusal);
    return answer.ok;
  }

  #goBack(refusal: Refusal): void {
    if (this.#kept) {
      this.#kept.checked = true;
      this.#show(this.#kept);
    }
    this.#refused(refusal);
  }

  #show({ dataset, value }: HTMLInputElement): void {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-model-page]")) {
      link.pathname = `/models/${value}/`;
    }
    for (const element of document.querySelectorAll<HTMLElement>("[data-model]")) {
      say(element, factOf(dataset, element.dataset.model ?? ""));
    }
    const read = part(this.#composer, "read");
    read.dataset.window = dataset.window ?? "";
    read.toggleAttribute("data-assumed", dataset.assumed !== undefined);
    this.#fitEfforts();
  }

  /** Only efforts that the model knows; its usual one in place of one that it does not. */
  #fitEfforts(): void {
    const select = this.#composer.querySelector<HTMLSelectElement>("[data-part=effort]");
    const { efforts = "", effort = "" } = this.#picked?.dataset ?? {};
    const known = efforts.split(" ").filter(Boolean);
    if (!select || !this.#picked) return;
    for (const option of select.options) option.disabled = option.hidden = !known.includes(option.value);
    if (!known.includes(select.value)) select.value = effort;
    select.hidden = !known.length;
  }
}

function factOf(dataset: DOMStringMap, name: string): string {
  if (name === "short_name") return dataset.shortName ?? "";
  if (name === "line") return `${dataset.price} · ${dataset.context}`;
  return dataset[name] ?? "";
}
