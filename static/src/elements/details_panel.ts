import { get } from "../models/send";
import { part, say } from "./parts";

interface Group {
  title: string;
  lines: { label: string; value: string }[];
}

/** The panel that says how a reply came about: who wrote it, asked how, how fast, for how much. */
export class DetailsPanel {
  readonly #root: HTMLElement;
  #asked = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Opens at once; of several turns the last one asked about is shown. */
  async open(turn: HTMLElement): Promise<void> {
    const mine = ++this.#asked;
    part(this.#root, "details").replaceChildren();
    say(this.#note, "");
    this.#dialog.showModal();
    const answer = await get<{ groups: Group[] }>(`/replies/${turn.dataset.message}/details/`);
    if (mine !== this.#asked) return;
    if (answer.ok) part(this.#root, "details").replaceChildren(...answer.body.groups.map(this.#group));
    else say(this.#note, answer.refusal.message);
  }

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
