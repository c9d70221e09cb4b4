import { sayAloud } from "../../aloud";
import { postBriefly } from "../../models/send";
import { isSendKey } from "../../models/send_key";
import type { Rating } from "../../models/views";
import { t } from "../../words";
import { csrf } from "../page";
import { part, sayOrHide } from "../parts";
import { complainIn, showRating } from "./turns";

const RATED = { up: t("Rated as good."), down: t("Rated as poor."), none: t("The rating is removed.") };

/**
 * What the reader thinks of a reply: at once, by a press in the menu, or with a note. The dialog stays, with its words,
 * until they are kept.
 */
export class RatingDialog {
  readonly #root: HTMLElement;
  #turn: HTMLElement | null = null;
  #opened = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  open(turn: HTMLElement): void {
    this.#turn = turn;
    this.#opened += 1;
    const { rating = "", note = "" } = turn.dataset;
    for (const radio of this.#verdicts) radio.checked = radio.value === rating;
    this.#words.value = note;
    part(this.#root, "rating-remove").hidden = !rating;
    sayOrHide(part(this.#root, "rating-refusal"), "");
    this.#form.onsubmit = this.#submit;
    this.#form.onclick = this.#pressed;
    this.#words.onkeydown = this.#key;
    this.#dialog.showModal();
  }

  /**
   * Rates at once, and leaves the note as it is. A second press takes it back, but asks first where a note would go
   * too.
   */
  press(turn: HTMLElement, verdict: "up" | "down"): void {
    const { rating = "", note = "" } = turn.dataset;
    const isTakenBack = rating === verdict;
    if (isTakenBack && note) this.open(turn);
    else void this.#rate(turn, isTakenBack ? "" : verdict, note);
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#keep(this.#verdicts.find(({ checked }) => checked)?.value ?? "");
  };

  #pressed = (event: Event): void => {
    const pressed = (event.target as Element).closest("button");
    if (pressed === part(this.#root, "rating-cancel")) this.#dialog.close();
    if (pressed === part(this.#root, "rating-remove")) void this.#keep("");
  };

  #key = (event: KeyboardEvent): void => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    this.#form.requestSubmit();
  };

  async #keep(verdict: string): Promise<void> {
    const [turn, opened] = [this.#turn, this.#opened];
    if (!turn) return;
    // By the time of the answer it may be closed, or stand open for another reply.
    const isHere = (): boolean => this.#dialog.open && opened === this.#opened;
    await this.#rate(turn, verdict, this.#words.value, isHere);
  }

  /** Its refusal is said in the dialog while that is `isHere`, else in the turn. */
  async #rate(turn: HTMLElement, verdict: string, note: string, isHere = () => false): Promise<void> {
    const url = `/replies/${turn.dataset.message}/rating/`;
    const fields = { verdict, note: verdict ? note : "" };
    const answer = await postBriefly<{ rating: Rating | null }>(url, fields, csrf());
    if (answer.ok) {
      showRating(turn, answer.body.rating);
      if (isHere()) this.#dialog.close();
      sayAloud(RATED[answer.body.rating?.verdict ?? "none"]);
    } else if (isHere()) sayOrHide(part(this.#root, "rating-refusal"), answer.refusal.message);
    else complainIn(turn, answer.refusal.message, answer.refusal.id);
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
