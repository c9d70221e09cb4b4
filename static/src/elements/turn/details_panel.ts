import { get } from "../../models/send";
import { part, say } from "../parts";

interface Group {
  title: string;
  lines: { label: string; value: string }[];
}

/** A window this wide (as `dialog.css` has it) has room for the panel beside the text, which it then does not cover. */
const ROOMY = matchMedia("(width >= 105rem)");

/** The panel that says how a reply came about: who wrote it, asked how, how fast, for how much. */
export class DetailsPanel {
  readonly #root: HTMLElement;
  #asked = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  listen(signal: AbortSignal): void {
    this.#dialog.addEventListener("close", this.#makeRoom, { signal });
    this.#dialog.addEventListener("keydown", this.#key, { signal });
    ROOMY.addEventListener("change", this.#refit, { signal });
  }

  /** Opens at once; of several turns the last one asked about is shown. */
  async open(turn: HTMLElement): Promise<void> {
    const mine = ++this.#asked;
    part(this.#root, "details").replaceChildren();
    say(this.#note, "");
    this.#show();
    const answer = await get<{ groups: Group[] }>(`/replies/${turn.dataset.message}/details/`);
    if (mine !== this.#asked) return;
    if (answer.ok) part(this.#root, "details").replaceChildren(...answer.body.groups.map(this.#group));
    else say(this.#note, answer.refusal.message);
  }

  #show(): void {
    const dialog = this.#dialog;
    if (ROOMY.matches) dialog.show();
    else if (!dialog.open) dialog.showModal();
    part(this.#root, "details-heading").focus();
    this.#makeRoom();
  }

  /** The text stands back for a panel beside it, and comes back when that goes. */
  #makeRoom = (): void => {
    const isBeside = this.#dialog.open && !this.#dialog.matches(":modal");
    document.documentElement.toggleAttribute("data-beside", isBeside);
  };

  /** The window grew or shrank past the width from which on there is room. */
  #refit = (): void => {
    if (!this.#dialog.open) return;
    this.#dialog.close();
    this.#show();
  };

  /** Beside the text Escape is the panel's only while one is in it. */
  #key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || this.#dialog.matches(":modal")) return;
    event.preventDefault();
    this.#dialog.close();
  };

  get #dialog(): HTMLDialogElement {
    return part<HTMLDialogElement>(this.#root, "details-dialog");
  }

  get #note(): HTMLElement {
    return part(this.#root, "details-note");
  }

  #group = ({ title, lines }: Group): Node => {
    const template = part<HTMLTemplateElement>(this.#root, "details-group");
    const group = document.importNode(template.content, true);
    const [heading, list] = [group.querySelector("h3"), group.querySelector("dl")];
    if (!heading || !list) throw new Error("The template has no group.");
    heading.textContent = title;
    heading.hidden = !title;
    for (const { label, value } of lines) {
      const [term, words] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = label;
      words.textContent = value;
      list.append(term, words);
    }
    return group;
  };
}
