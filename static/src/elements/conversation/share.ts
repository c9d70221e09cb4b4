import { copyBy } from "../../copy-button";
import { get, post, type Refusal } from "../../models/send";
import { t } from "../../words";
import { isBeside } from "../floating";
import { keepPlace, openAt, openerOf } from "../focus";
import { transcriptHere } from "../neighbours";
import { csrf } from "../page";
import { part, say, sayOrHide } from "../parts";
import { signal } from "../signals";

interface Preview {
  turns: number;
  sentence: string;
  sentence_with_reasoning?: string;
}

interface Made {
  id: string;
  url: string;
  until: string;
}

/** `<parley-share>`: says first what will be seen; one press makes the link and copies it. */
export class Share extends HTMLElement {
  #preview: Preview | null = null;
  #isOpening = false;

  connectedCallback(): void {
    document.addEventListener("click", this.#pressed);
    part(this, "form").addEventListener("submit", this.#submit);
    part(this, "reasoning").addEventListener("change", this.#describe);
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.#pressed);
  }

  get #dialog(): HTMLDialogElement {
    return this.querySelector("dialog") as HTMLDialogElement;
  }

  get #conversation(): string {
    return transcriptHere().conversation;
  }

  get #address(): string {
    return `/conversations/${this.#conversation}/share/`;
  }

  get #url(): HTMLInputElement {
    return part<HTMLInputElement>(this, "url");
  }

  #pressed = (event: Event): void => {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act;
    if (act === "share" && !this.#isOpening) void this.#open(event.target as Element);
    if (act === "close" || isBeside(this.#dialog, event as MouseEvent)) this.#dialog.close();
  };

  async #open(row: Element): Promise<void> {
    part<HTMLFormElement>(this, "form").reset();
    this.#url.value = "";
    part(this, "choices").hidden = false;
    part(this, "made").hidden = true;
    this.#refuse(null);

    this.#isOpening = true;
    const answer = await get<Preview>(this.#address);
    this.#isOpening = false;
    this.#preview = answer.ok ? answer.body : null;
    if (!answer.ok) this.#refuse(answer.refusal);
    this.#describe();
    this.#dialog.addEventListener("close", () => keepPlace(row, openerOf(row)), { once: true });
    // Enter once too often makes no link.
    openAt(this.#dialog, this.querySelector<HTMLSelectElement>("[name=days]"));
  }

  #describe = (): void => {
    const preview = this.#preview;
    const isWithReasoning = part<HTMLInputElement>(this, "reasoning").checked;
    const sentence = isWithReasoning ? preview?.sentence_with_reasoning : preview?.sentence;
    say(part(this, "sentence"), sentence ?? "");
    part<HTMLButtonElement>(this, "copy").disabled = !preview?.turns;
    part(this, "choices").hidden = !preview?.turns || Boolean(this.#url.value);
  };

  #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const button = part<HTMLButtonElement>(this, "copy");
    if (!this.#url.value && !(await this.#make(button))) return;
    // The link stands there, selected: a browser that does not let pages copy still lets people.
    if (!(await copyBy(button, this.#url.value)))
      say(part(this, "until"), t("This browser does not let a page copy. Select the link and copy it."));
  };

  async #make(button: HTMLButtonElement): Promise<boolean> {
    const form = new FormData(part<HTMLFormElement>(this, "form"));
    const choices = Object.fromEntries([...form].map(([name, value]) => [name, String(value)]));

    button.disabled = true;
    const answer = await post<Made>(this.#address, choices, csrf());
    button.disabled = false;
    this.#refuse(answer.ok ? null : answer.refusal);
    if (!answer.ok) return false;

    this.#url.value = answer.body.url;
    say(
      part(this, "until"),
      t("Open %(until)s. You can revoke it under My links.", { until: answer.body.until }),
    );
    part(this, "choices").hidden = true;
    part(this, "made").hidden = false;
    this.#url.select();
    signal("shared", this.#conversation);
    return true;
  }

  #refuse(refusal: Refusal | null): void {
    sayOrHide(part(this, "refusal"), refusal?.message ?? "");
  }
}
