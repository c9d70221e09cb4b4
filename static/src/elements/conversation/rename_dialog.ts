import type { Answer } from "../../models/send";
import type { Listed } from "../../models/views";
import { part, sayOrHide } from "../parts";

interface Hears {
  keep(id: string, title: string): Promise<Answer<Listed>>;
  /** Why a title was not kept, when the dialog does not stand there any more to say so. */
  refused(sentence: string): void;
  /** The focus may have nowhere to be. */
  answered(id: string): void;
}

/** Another title for a conversation of the list. The dialog stays, with what was typed, until that is kept. */
export class RenameDialog {
  readonly #dialog: HTMLDialogElement;
  readonly #list: Hears;
  #id = "";
  #opened = 0;

  constructor(dialog: HTMLDialogElement, list: Hears) {
    this.#dialog = dialog;
    this.#list = list;
  }

  listen(signal: AbortSignal): void {
    part(this.#dialog, "form").addEventListener("submit", this.#submit, { signal });
    part(this.#dialog, "cancel").addEventListener("click", () => this.#dialog.close(), { signal });
  }

  open(id: string, title: string): void {
    this.#id = id;
    this.#opened += 1;
    this.#title.value = title;
    sayOrHide(part(this.#dialog, "refusal"), "");
    this.#dialog.showModal();
    this.#title.select();
  }

  #submit = (event: Event): void => {
    event.preventDefault();
    void this.#rename();
  };

  async #rename(): Promise<void> {
    const [id, opened, title] = [this.#id, this.#opened, this.#title.value];
    const answer = await this.#list.keep(id, title);
    const sentence = answer.ok ? "" : answer.refusal.message;
    // By now it may be closed, or stand open for another one, or with more typed into it.
    const isHere = this.#dialog.open && opened === this.#opened;
    if (isHere) sayOrHide(part(this.#dialog, "refusal"), sentence);
    else if (sentence) this.#list.refused(sentence);
    if (answer.ok && isHere && title === this.#title.value) this.#dialog.close();
    this.#list.answered(id);
  }

  get #title(): HTMLInputElement {
    return part<HTMLInputElement>(this.#dialog, "title");
  }
}
