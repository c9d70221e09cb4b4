import type { MoneyLine, MoneyView } from "../models/money";
import { get, post } from "../models/send";
import { isTranslated, t } from "../words";
import { csrf } from "./page";
import { part, say } from "./parts";
import { onSignal, signal } from "./signals";

/**
 * `<parley-money>`: what is left, and behind it what it is made of. It changes when a reply is settled or a limit
 * changes, and never while one is written.
 */
export class Money extends HTMLElement {
  #ends: (() => void)[] = [];
  #asked = 0;

  connectedCallback(): void {
    this.#ends = [
      onSignal("hint", ({ topic, data }) => {
        if (topic !== "money") return;
        if (data?.left && !isTranslated()) say(part(this, "left"), data.left);
        if (data?.sentence && !isTranslated()) say(part(this, "sentence"), data.sentence);
        void this.#look();
      }),
      onSignal("returned", () => void this.#look()),
      onSignal("moneyDoubted", () => void this.#look()),
      onSignal("began", ({ id }) => this.#begin(id)),
    ];
    this.querySelector("#payer")?.addEventListener("change", this.#choosePayer);
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
    this.querySelector("#payer")?.removeEventListener("change", this.#choosePayer);
  }

  get #url(): string {
    const { conversation } = this.dataset;
    return conversation ? `/conversations/${conversation}/money/` : "/money/";
  }

  /** Asks how things stand; of several answers the last one asked for counts. */
  async #look(): Promise<void> {
    const mine = ++this.#asked;
    const answer = await get<MoneyView>(this.#url);
    if (mine !== this.#asked || !answer.ok) return;

    const view = answer.body;
    say(part(this, "left"), view.left || t("Spent"));
    say(part(this, "sentence"), view.sentence);
    this.classList.toggle("money--low", view.is_low);
    this.#fill("lines", view.lines);
    this.#fill("windows", view.windows);
    const payer = this.querySelector<HTMLSelectElement>("#payer");
    if (payer) payer.value = view.team;
    signal("money", view);
  }

  #fill(name: "lines" | "windows", lines: MoneyLine[]): void {
    const template = part<HTMLTemplateElement>(this, "line").content.firstElementChild;
    if (!template) throw new Error("The template has no line.");
    part(this, name).replaceChildren(
      ...lines.map(({ label, value, note }) => {
        const line = document.importNode(template, true);
        const [term, figure, more] = line.children;
        if (term && figure && more instanceof HTMLElement) {
          term.textContent = label;
          figure.textContent = value;
          more.textContent = note;
          more.hidden = !note;
        }
        return line;
      }),
    );
  }

  #begin(conversation: string): void {
    this.dataset.conversation = conversation;
    const form = this.querySelector<HTMLFormElement>("[data-part=payer]");
    if (!form) return;
    form.action = `/conversations/${conversation}/payer/`;
    form.hidden = false;
  }

  #choosePayer = async (event: Event): Promise<void> => {
    const select = event.target as HTMLSelectElement;
    const url = `/conversations/${this.dataset.conversation}/payer/`;
    const answer = await post<unknown>(url, { team: select.value }, csrf());
    if (!answer.ok) say(part(this, "sentence"), answer.refusal.message);
    else await this.#look();
  };
}
