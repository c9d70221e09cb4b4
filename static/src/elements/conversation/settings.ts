import { type Answer, postBriefly, type Refusal } from "../../models/send";
import { settingsWords } from "../../models/settings_words";
import { isBeside } from "../floating";
import { keepPlace, openAt, openerOf } from "../focus";
import { type Settings, type SettingsElement, transcriptHere } from "../neighbours";
import { csrf } from "../page";
import { part, say, sayOrHide } from "../parts";

/**
 * `<parley-settings>`: what this conversation's next turns are asked with. Before the first message it is kept on the
 * page and goes with it. What was typed and not saved is still there when the dialog is opened again.
 */
export class ConversationSettings extends HTMLElement implements SettingsElement {
  /** As it was kept last: what Cancel goes back to. */
  #kept: Record<string, string> = {};
  #beyond: AbortController | null = null;
  #keeping: Promise<unknown> = Promise.resolve();

  connectedCallback(): void {
    this.#beyond = new AbortController();
    const { signal } = this.#beyond;
    this.#kept = this.#typed;
    this.#mark();
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

  /**
   * The conversation has begun with these. What was saved while its first message was on its way goes after it; or why
   * not: then it stands in the dialog, unsaved.
   */
  begun(settings: Settings): Promise<Refusal | null> {
    const saved = this.#kept;
    this.#take(settings);
    const isSame = this.#fields.every(({ name }) => saved[name] === this.#kept[name]);
    if (isSame) return Promise.resolve(null);
    const keeping = this.#post(saved).then((answer) => this.#taken(answer));
    this.#keeping = keeping;
    return keeping;
  }

  /** Resolves once nothing that was saved is on its way. */
  async kept(): Promise<void> {
    await this.#keeping;
  }

  /** `row` is what was pressed, mostly in a menu, which closes meanwhile; `field` the setting that it speaks of. */
  open(row: Element | null = null, field = "instructions"): void {
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
    this.#tell(null);
    openAt(this.#dialog, this.querySelector(`[name=${field}]`));
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
    const { act, field } = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset ?? {};
    if (act === "settings") this.open(event.target as Element, field);
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
    const refusal = this.#taken(await this.#post(typed));
    this.#tell(refusal);
    if (refusal) return;
    // What was typed on meanwhile is not saved yet.
    for (const field of this.#fields)
      if (typedIn(field) === typed[field.name]) put(field, this.#kept[field.name] ?? "");
    if (!this.#isUnsaved) this.#dialog.close();
  }

  /** At each field what is wrong with it. At the foot what is about none, or about a greyed one, which takes no focus. */
  #tell(refusal: Refusal | null): void {
    const faults = refusal?.fields ?? {};
    for (const field of this.#fields) {
      const fault = faults[field.name] ?? "";
      sayOrHide(part(this, `fault-${field.name}`), fault);
      if (fault) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    const faulty = this.#fields.find((field) => field.name in faults && !field.disabled);
    sayOrHide(part(this, "refusal"), faulty ? "" : (refusal?.message ?? ""));
    faulty?.focus();
  }

  /** To the conversation, and once more where it has only begun meanwhile. */
  async #post(typed: Record<string, string>): Promise<Answer<{ settings: Settings }>> {
    const { conversation } = transcriptHere();
    const url = conversation ? `/conversations/${conversation}/settings/` : "/conversations/settings/";
    const answer = await postBriefly<{ settings: Settings }>(url, typed, csrf());
    return answer.ok && conversation !== transcriptHere().conversation ? this.#post(typed) : answer;
  }

  #taken(answer: Answer<{ settings: Settings }>): Refusal | null {
    if (!answer.ok) return answer.refusal;
    this.#take(answer.body.settings);
    return null;
  }

  /** At the model that answers next stands that it is asked otherwise than usual, and with what. */
  #mark(): void {
    const chip = document.querySelector<HTMLElement>("parley-composer .models");
    if (!chip) return;
    const words = settingsWords(this.#kept);
    const mark = part(chip, "set-mark");
    mark.hidden = !words;
    mark.title = words;
    say(part(chip, "set-words"), words && `. ${words}`);
    sayOrHide(part(chip, "set-note"), words);
  }

  #take(settings: Settings): void {
    const taken = Object.entries(settings).map(([name, value]) => [name, String(value)]);
    this.#kept = { ...this.#kept, ...Object.fromEntries(taken) };
    this.#mark();
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
