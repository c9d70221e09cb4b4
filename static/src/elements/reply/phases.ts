import { type Hop, lineOf, phasesOf, type Step } from "../../models/hops";
import { MarkdownView } from "../../render/markdown";
import { clone, part, say } from "../parts";

/** Thinking as it went: what was thought, the steps that it led to, what was thought then. */
export class Phases {
  readonly #block: HTMLElement;
  readonly #views: MarkdownView[] = [];
  readonly #drawn: HTMLElement[][] = [];
  /** Steps that the server wrote into the page, by hop. */
  readonly #written: ReadonlyMap<number, HTMLElement[]>;

  constructor(block: HTMLElement) {
    this.#block = block;
    this.#written = byHop(block);
    part(block, "reasoning").replaceChildren();
    part(block, "steps").replaceChildren();
  }

  update(reasoning: string, hops: readonly Hop[], isFinal: boolean): void {
    for (const [place, text] of phasesOf(reasoning, hops).entries()) {
      const hop = hops[place - 1];
      if (hop) this.#drawSteps(hop, place - 1);
      this.#views[place] ??= new MarkdownView(this.#target(place), { plainHeadings: true });
      this.#views[place].update(text, isFinal || place < hops.length);
    }
    const count = hops.reduce((sum, hop) => sum + hop.steps.length, 0);
    part(this.#block, "steps").classList.toggle("steps--several", count > 1);
  }

  /** Where a phase is drawn: the first stands there, each later one follows its steps. */
  #target(place: number): HTMLElement {
    if (!place) return part(this.#block, "reasoning");
    const target = document.createElement("div");
    target.className = "reasoning__text";
    part(this.#block, "steps").append(target);
    return target;
  }

  #drawSteps(hop: Hop, place: number): void {
    this.#drawn[place] ??= [];
    const drawn = this.#drawn[place];
    for (const [number, step] of hop.steps.entries()) {
      if (!drawn[number]) {
        drawn[number] = this.#written.get(hop.number)?.[number] ?? clone("step-template");
        part(this.#block, "steps").append(drawn[number]);
      }
      showStep(drawn[number], step);
    }
  }
}

/** The hops that the server wrote into a block. */
export function hopsIn(block: ParentNode): Hop[] {
  return [...byHop(block)].map(([number, steps]) => ({
    number,
    text_at: Number(steps[0]?.dataset.textAt),
    reasoning_at: Number(steps[0]?.dataset.reasoningAt),
    steps: steps.map(stepIn),
  }));
}

function byHop(block: ParentNode): Map<number, HTMLElement[]> {
  const found = new Map<number, HTMLElement[]>();
  for (const step of block.querySelectorAll<HTMLElement>("[data-hop]")) {
    const number = Number(step.dataset.hop);
    found.set(number, [...(found.get(number) ?? []), step]);
  }
  return found;
}

function stepIn(element: HTMLElement): Step {
  const { step: id = "", name = "", about = "", state } = element.dataset;
  return {
    id,
    name,
    about,
    state: state as Step["state"],
    arguments: part(element, "step-arguments").textContent ?? "",
    result: part(element, "step-result").textContent ?? "",
  };
}

function showStep(element: HTMLElement, step: Step): void {
  element.dataset.state = step.state;
  say(part(element, "step-line"), lineOf(step));
  say(part(element, "step-arguments"), step.arguments);
  say(part(element, "step-result"), step.result);
}
