import type { Tally } from "../../models/views";
import { t } from "../../words";
import { part, say } from "../parts";
import { drawStrip, widenStrip } from "./strip";

/** `<parley-receipt>`: a reply's foot. Its strip is a button that opens the receipt below it. */
export class Receipt extends HTMLElement {
  connectedCallback(): void {
    part(this, "toggle").addEventListener("click", this.#toggle);
  }

  disconnectedCallback(): void {
    part(this, "toggle").removeEventListener("click", this.#toggle);
  }

  /** Fills strip, figures and receipt; without a tally nothing was spent and nothing is shown. */
  fill(tally: Tally | null): void {
    part(this, "toggle").hidden = !tally;
    if (!tally) return;

    const strip = part<SVGElement>(this, "strip");
    drawStrip(strip, tally.strip);
    strip.setAttribute("aria-label", tally.label);
    say(part(this, "figures"), [tally.cost, tally.seconds].filter(Boolean).join(" · "));
    this.#fillLines(tally.lines);
    say(part(this, "total-tokens"), tally.total.tokens);
    say(part(this, "total-cost"), tally.total.cost);
    for (const name of ["source", "model", "speed", "exact"] as const) say(part(this, name), tally[name]);
  }

  /** How many tokens the model read for this reply, again or anew; 0 when that is not known. */
  get tokensRead(): number {
    const rows = [...part(this, "lines").querySelectorAll("tr")].slice(0, 2);
    return rows.reduce((sum, row) => sum + Number(row.cells[1]?.textContent?.replace(/\D/g, "")), 0);
  }

  /** Of what it wrote, the answer: that is read again with the next message, its thinking is not. */
  get tokensAnswered(): number {
    const cell = part(this, "lines").querySelectorAll("tr")[3]?.cells[1];
    return Number(cell?.textContent?.replace(/\D/g, "") ?? 0);
  }

  /** Nobody counted: these tokens are a guess. */
  get isEstimated(): boolean {
    return part(this, "total-tokens").textContent?.includes("≈") ?? false;
  }

  /** Ties the button to its receipt by an id of this message's own. */
  name(message: string): void {
    part(this, "receipt").id = `receipt-${message}`;
    part(this, "toggle").setAttribute("aria-controls", `receipt-${message}`);
  }

  #fillLines(lines: Tally["lines"]): void {
    const body = part(this, "lines");
    const row = body.firstElementChild;
    if (!row) throw new Error("The receipt's template has no line.");
    body.replaceChildren(
      ...lines.map((line) => {
        const copy = row.cloneNode(true) as HTMLTableRowElement;
        const [label, tokens, cost] = copy.cells;
        if (label && tokens && cost) {
          label.textContent = line.label;
          tokens.textContent = line.tokens;
          cost.textContent = line.cost;
        }
        return copy;
      }),
    );
  }

  #toggle = (): void => {
    const receipt = part(this, "receipt");
    receipt.hidden = !receipt.hidden;
    part(this, "toggle").setAttribute("aria-expanded", String(!receipt.hidden));
    say(part(this, "toggle-word"), receipt.hidden ? t("Show receipt") : t("Hide receipt"));
    if (receipt.hidden) return;
    widenStrip(part<SVGElement>(this, "strip"), part<SVGElement>(this, "wide-strip"));
    void this.#showWhole(receipt);
  };

  /** Under the last reply it would unroll behind the composer. */
  async #showWhole(receipt: HTMLElement): Promise<void> {
    await Promise.allSettled(receipt.getAnimations().map((unrolling) => unrolling.finished));
    receipt.scrollIntoView({ block: "nearest" });
  }
}
