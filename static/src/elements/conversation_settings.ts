import { postBriefly } from "../models/send";
import { csrf } from "./page";
import { part, sayOrHide } from "./parts";
import type { Transcript } from "./transcript";

/**
 * `<parley-settings>`: what this conversation's next turns are asked with. Before the first message it is kept on the
 * page and goes with it.
 */
export class ConversationSettings extends HTMLElement {
  /** As it was kept last: what Cancel goes back to. */
  #kept: Record<string, string> = {};
  #beyond: AbortController | null = null;

  connectedCallback(): void {
    this.#beyond = new AbortController();
    const { signal } = this.#beyond;
    this.#kept = this.#typed;
    document.addEventListener("click", this.#pressed, { signal });
    part(this, "form").addEventListener("submit", this.#submit, { signal });
  }

  disconnectedCallback(): void {
    this.#beyond?.abort();
  }

  /** What a first message begins its conversation with. */
  get fields(): Readonly<Record<string, string>> {
    return this.#kept;
  }

  open(): void {
    for (const field of this.#fields) field.value = this.#kept[field.name] ?? "";
    const effort = document.querySelector<HTMLSelectElement>("parley-composer [data-part=effort]");
    const isThinking = Boolean(effort && !effort.hidden && effort.value !== "off");
    for (const field of this.querySelectorAll<HTMLInputElement>("[data-sampling]"))
      field.disabled = isThinking;
    part(this, "thinking").hidden = !isThinking;
    sayOrHide(part(this, "refusal"), "");
    this.#dialog.showModal();
  }

  get #dialog(): HTMLDialogElement {
    return part<HTMLDialogElement>(this, "dialog");
  }

  get #fields(): (HTMLInputElement | HTMLTextAreaElement)[] {
    return [...this.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[name]")];
  }

  /** All of it, what is greyed too: it is kept for when it counts again. */
  get #typed(): Record<string, string> {
    return Object.fromEntries(this.#fields.map(({ name, value }) => [name, value]));
  }

  #pressed = (event: Event): void => {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act;
    if (act === "settings") this.open();
    if (act === "close-settings" || event.target === this.#dialog) this.#dialog.close();
  };

  #submit = (event: Event): void => {
    event.preventDefault();
    void this.#keep();
  };

  async #keep(): Promise<void> {
    const typed = this.#typed;
    const { conversation } = document.querySelector("parley-transcript") as Transcript;
    const url = conversation ? `/conversations/${conversation}/settings/` : "/conversations/settings/";
    const answer = await postBriefly<{ settings: Record<string, string | number> }>(url, typed, csrf());
    sayOrHide(part(this, "refusal"), answer.ok ? "" : answer.refusal.message);
    if (!answer.ok) return;
    for (const [name, value] of Object.entries(answer.body.settings)) this.#kept[name] = String(value);
    this.#dialog.close();
  }
}
