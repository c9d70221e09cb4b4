import { postBriefly } from "../models/send";
import type { Rating } from "../models/views";
import { csrf } from "./page";
import { part, sayOrHide } from "./parts";
import { showRating } from "./turns";

/** What the reader thinks of a reply, and why. The dialog stays, with its words, until they are kept. */
export class RatingDialog {
  readonly #root: HTMLElement;
  #turn: HTMLElement | null = null;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  open(turn: HTMLElement): void {
    this.#turn = turn;
    const { rating = "", note = "" } = turn.dataset;
    for (const radio of this.#verdicts) radio.checked = radio.value === rating;
    this.#words.value = note;
    part(this.#root, "rating-remove").hidden = !rating;
    sayOrHide(part(this.#root, "rating-refusal"), "");
    this.#form.onsubmit = this.#submit;
    this.#dialog.showModal();
  }

  #submit = (event: SubmitEvent): void => {
    const act = (event.submitter as HTMLButtonElement | null)?.value;
    if (act !== "save" && act !== "remove") return;
    event.preventDefault();
    const picked = this.#verdicts.find(({ checked }) => checked)?.value ?? "";
    void this.#keep(act === "save" ? picked : "");
  };

  async #keep(verdict: string): Promise<void> {
    const turn = this.#turn;
    if (!turn) return;
    const url = `/replies/${turn.dataset.message}/rating/`;
    const fields = { verdict, note: verdict ? this.#words.value : "" };
    const answer = await postBriefly<{ rating: Rating | null }>(url, fields, csrf());
    sayOrHide(part(this.#root, "rating-refusal"), answer.ok ? "" : answer.refusal.message);
    if (!answer.ok) return;
    showRating(turn, answer.body.rating);
    this.#dialog.close();
  }

  get #dialog(): HTMLDialogElement {
    return part<HTMLDialogElement>(this.#root, "rating-dialog");
  }

  get #form(): HTMLFormElement {
    return this.#dialog.querySelector("form") as HTMLFormElement;
  }

  get #verdicts(): HTMLInputElement[] {
    return [...this.#dialog.querySelectorAll<HTMLInputElement>("[name=verdict]")];
  }

  get #words(): HTMLTextAreaElement {
    return this.#dialog.querySelector("[name=note]") as HTMLTextAreaElement;
  }
}
