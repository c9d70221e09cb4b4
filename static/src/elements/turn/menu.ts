import { isSignedOut } from "../../models/send";
import { FloatingMenu } from "../floating_menu";
import { fork } from "../fork";
import { part } from "../parts";
import { signal } from "../signals";
import { DetailsPanel } from "./details_panel";
import { copyLink } from "./message_link";
import { RatingDialog } from "./rating_dialog";
import { complainIn } from "./turns";
import { isUnanswered } from "./unanswered";

/** `<parley-turn-menu>`: what more can be done with a turn. One menu for all of them, opened where it was asked for. */
export class TurnMenu extends HTMLElement {
  readonly #menu = new FloatingMenu(part(this, "menu"), (act) => this.#do(act));
  readonly #details = new DetailsPanel(this);
  readonly #rating = new RatingDialog(this);
  #turn: HTMLElement | null = null;
  #beyond: AbortController | null = null;

  connectedCallback(): void {
    this.#beyond = new AbortController();
    const { signal } = this.#beyond;
    document.addEventListener("click", this.#pressed, { signal });
    this.#menu.listen(signal);
    this.#details.listen(signal);
    this.#dialog("retry").addEventListener("close", this.#retry, { signal });
    this.#dialog("retry").addEventListener("change", this.#fitEfforts, { signal });
    this.#dialog("delete").addEventListener("close", this.#delete, { signal });
  }

  disconnectedCallback(): void {
    this.#beyond?.abort();
  }

  #dialog(name: "retry" | "delete"): HTMLDialogElement {
    return part<HTMLDialogElement>(this, `${name}-dialog`);
  }

  // --- the menu ------------------------------------------------------------------------------------------

  #pressed = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("[data-part=more]");
    const turn = button?.closest<HTMLElement>(".turn");
    if (!button || !turn) return;
    this.#turn = turn;
    this.#offer(turn);
    this.#menu.open(button);
  };

  /** Only what can be done with this turn, as things stand. */
  #offer(turn: HTMLElement): void {
    const kinds = turn.classList.contains("turn--said") ? ["said"] : ["reply"];
    if (isUnanswered(turn)) kinds.push("unanswered");
    const transcript = document.querySelector("parley-transcript");
    const isWriting = Boolean(transcript?.running);
    const isActing = !isWriting && Boolean(transcript?.isActing);
    for (const row of part(this, "menu").querySelectorAll<HTMLElement>("[data-for]")) {
      const needs = row.dataset.for?.split(" ") ?? [];
      row.hidden =
        !kinds.some((kind) => needs.includes(kind)) || ((isWriting || isActing) && needs.includes("idle"));
    }
    for (const row of part(this, "menu").querySelectorAll<HTMLElement>("[aria-pressed]"))
      row.ariaPressed = String(row.dataset.act === turn.dataset.rating);
    part(this, "busy").hidden = !isWriting;
    part(this, "under-way").hidden = !isActing;
  }

  #do(act: string): void {
    const turn = this.#turn;
    if (!turn) return;
    if (act === "retry-with") this.#askHow();
    else if (act === "link") void copyLink(turn);
    else if (act === "fork") void this.#fork(turn);
    else if (act === "details") void this.#details.open(turn);
    else if (act === "up" || act === "down") this.#rating.press(turn, act);
    else if (act === "rate") this.#rating.open(turn);
    else if (act === "delete") this.#ask("delete");
  }

  #ask(name: "retry" | "delete"): void {
    this.#dialog(name).returnValue = "";
    this.#dialog(name).showModal();
  }

  // --- the acts ------------------------------------------------------------------------------------------

  async #fork(turn: HTMLElement): Promise<void> {
    const refusal = await fork(turn.dataset.message ?? "");
    if (!refusal) return;
    complainIn(turn, refusal.message, refusal.id);
    if (isSignedOut(refusal)) signal("signedOut", undefined);
  }

  #askHow(): void {
    const picked = document.querySelector<HTMLInputElement>("parley-composer input[name=model]:checked");
    if (picked) this.#field("model").value = picked.value;
    const effort = document.querySelector<HTMLSelectElement>("parley-composer [data-part=effort]");
    if (effort?.value) this.#field("effort").value = effort.value;
    this.#fitEfforts();
    this.#ask("retry");
  }

  #field(name: string): HTMLSelectElement {
    return this.#dialog("retry").querySelector(`[name=${name}]`) as HTMLSelectElement;
  }

  /** Only efforts that the model knows; its usual one in place of one that it does not. */
  #fitEfforts = (): void => {
    const { efforts = "", effort: usual = "" } = this.#field("model").selectedOptions[0]?.dataset ?? {};
    const known = efforts.split(" ").filter(Boolean);
    const effort = this.#field("effort");
    for (const option of effort.options) option.disabled = option.hidden = !known.includes(option.value);
    if (!known.includes(effort.value)) effort.value = known.includes(usual) ? usual : (known.at(-1) ?? "");
    part(this, "retry-thinking").hidden = !known.length;
  };

  #retry = (): void => {
    if (this.#dialog("retry").returnValue !== "retry" || !this.#turn) return;
    const fields = { model: this.#field("model").value, effort: this.#field("effort").value };
    signal("retryWith", { turn: this.#turn, fields });
  };

  #delete = (): void => {
    if (this.#dialog("delete").returnValue === "delete" && this.#turn) signal("deleteFrom", this.#turn);
  };
}
