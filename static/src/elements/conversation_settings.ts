import { postBriefly } from "../models/send";
import { isBeside } from "./floating";
import { keepPlace, openAt, openerOf } from "./focus";
import { type SettingsElement, transcriptHere } from "./neighbours";
import { csrf } from "./page";
import { part, sayOrHide } from "./parts";

/**
 * `<parley-settings>`: what this conversation's next turns are asked with. Before the first message it is kept on the
 * page and goes with it. What was typed and not saved is still there when the dialog is opened again.
 */
export class ConversationSettings extends HTMLElement implements SettingsElement {
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

  /** `row` is what was pressed in a menu, which closes meanwhile. */
  open(row: Element | null = null): void {
    this.#dialog.addEventListener("close", () => keepPlace(row, openerOf(row)), { once: true });
    part(this, "unsaved").hidden = !this.#isUnsaved;
    const model = document.querySelector<HTMLInputElement>("parley-composer input[name=model]:checked");
    const takesTools = model?.dataset.tools !== undefined;
    for (const field of this.querySelectorAll<HTMLInputElement>("[name=tools]")) field.disabled = !takesTools;
    part(this, "no-tools").hidden = takesTools;
    const effort = document.querySelector<HTMLSelectElement>("parley-composer [data-part=effort]");
    const isThinking = Boolean(effort && !effort.hidden && effort.value !== "off");
    for (const field of this.querySelectorAll<HTMLInputElement>("[data-sampling]"))
      field.disabled = isThinking;
    part(this, "thinking").hidden = !isThinking;
    sayOrHide(part(this, "refusal"), "");
    openAt(this.#dialog, this.querySelector("[name=instructions]"));
  }

  get #dialog(): HTMLDialogElement {
    return part<HTMLDialogElement>(this, "dialog");
  }

  get #fields(): (HTMLInputElement | HTMLTextAreaElement)[] {
    return [...this.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[name]")];
  }

  /** All of it, what is greyed too: it is kept for when it counts again. */
  get #typed(): Record<string, string> {
    return Object.fromEntries(this.#fields.map((field) => [field.name, typedIn(field)]));
  }

  #pressed = (event: Event): void => {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act;
    if (act === "settings") this.open(event.target as Element);
    if (act === "cancel-settings") this.#goBack();
    const isOutside = isBeside(this.#dialog, event as MouseEvent) && !this.#isUnsaved;
    if (act === "close-settings" || act === "cancel-settings" || isOutside) this.#dialog.close();
  };

  get #isUnsaved(): boolean {
    return this.#fields.some((field) => typedIn(field) !== (this.#kept[field.name] ?? ""));
  }

  #goBack(): void {
    for (const field of this.#fields) put(field, this.#kept[field.name] ?? "");
  }

  #submit = (event: Event): void => {
    event.preventDefault();
    void this.#keep();
  };

  async #keep(): Promise<void> {
    const typed = this.#typed;
    const { conversation } = transcriptHere();
    const url = conversation ? `/conversations/${conversation}/settings/` : "/conversations/settings/";
    const answer = await postBriefly<{ settings: Record<string, string | number> }>(url, typed, csrf());
    sayOrHide(part(this, "refusal"), answer.ok ? "" : answer.refusal.message);
    if (!answer.ok) return;
    for (const [name, value] of Object.entries(answer.body.settings)) this.#kept[name] = String(value);
    // What was typed on meanwhile is not saved yet.
    for (const field of this.#fields)
      if (typedIn(field) === typed[field.name]) put(field, this.#kept[field.name] ?? "");
    if (!this.#isUnsaved) this.#dialog.close();
  }
}

function isBox(field: Element): field is HTMLInputElement {
  return field instanceof HTMLInputElement && field.type === "checkbox";
}

/** A box that is not ticked says nothing, greyed or not. */
function typedIn(field: HTMLInputElement | HTMLTextAreaElement): string {
  return isBox(field) && !field.checked ? "" : field.value;
}

function put(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  if (isBox(field)) field.checked = value.split(" ").includes(field.value);
  else field.value = value;
}
