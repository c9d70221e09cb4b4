import type { Env, MarkdownItOptions, Token } from "markdown-it";
import { Budget, checkLength, checkWeight, OverBudget, weightOf } from "./budget";
import { copyOnClick, highlightAll } from "./code";
import { dress } from "./dress";
import { grammar } from "./grammar";
import { sanitise } from "./sanitise";
import { cutOf } from "./settled";
import { typeset } from "./typeset";

export interface MarkdownOptions {
  /** Headings as bold lines of the text's own size. */
  plainHeadings?: boolean;
}

const OPTIONS = grammar.options as Required<MarkdownItOptions>;

/** After a draw of d ms the next waits 3 d, so that an expensive text never takes more than a quarter of the time. */
const REST_AFTER_DRAWING = 3;
const FREE_DRAWING_MS = 8;

/**
 * Draws a growing Markdown text into `target`. What is settled is parsed, sanitised and drawn once and then left
 * alone (selection, focus and scrolling in it survive); only the open end is drawn again.
 */
export class MarkdownView {
  readonly #target: HTMLElement;
  readonly #plainHeadings: boolean;
  #budget = new Budget();
  /** Code still being coloured, formulas still being fetched. */
  #unfinished: Promise<unknown> = Promise.resolve();
  #text = "";
  #isFinal = false;
  #settled = "";
  #settledWeight = 0;
  #references: NonNullable<Env["references"]> = {};
  /** The nodes of the open end. */
  #open: ChildNode[] = [];
  #plain: Text | undefined;
  #restUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(target: HTMLElement, { plainHeadings = false }: MarkdownOptions = {}) {
    this.#target = target;
    this.#plainHeadings = plainHeadings;
    target.classList.add("prose");
    copyOnClick(target);
  }

  /** Shows `text`, the whole of it so far. `isFinal` says that nothing will be added. */
  update(text: string, isFinal: boolean): void {
    if (text === this.#text && isFinal === this.#isFinal) return;
    // What was final is settled to its last letter; a text that goes on after all begins anew.
    if (this.#isFinal) this.#restart();
    this.#text = text;
    this.#isFinal = isFinal;

    clearTimeout(this.#timer);
    const wait = isFinal ? 0 : this.#restUntil - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.#draw(), wait);
    else this.#draw();
  }

  /** Resolves when everything that arrives late (colours of code, formulas) is drawn too. */
  get finished(): Promise<unknown> {
    return this.#unfinished;
  }

  #draw(): void {
    this.#target.classList.toggle("prose--live", !this.#isFinal);
    if (!this.#text.startsWith(this.#plain?.data ?? this.#settled)) this.#restart();
    if (this.#plain) {
      this.#plain.appendData(this.#text.slice(this.#plain.length));
      return;
    }

    const started = performance.now();
    try {
      checkLength(this.#text);
      this.#drawEnd();
      this.#budget.chargeDrawing(performance.now() - started, this.#text.length);
    } catch (error) {
      // A RangeError is the stack's own budget.
      if (!(error instanceof OverBudget || error instanceof RangeError)) throw error;
      this.#drawPlain();
    }
    this.#rest(started);
  }

  #rest(started: number): void {
    const now = performance.now();
    const took = now - started;
    this.#restUntil = took > FREE_DRAWING_MS ? now + REST_AFTER_DRAWING * took : 0;
  }

  #drawEnd(): void {
    const end = this.#text.slice(this.#settled.length);
    const env = this.#environment();
    const tokens = grammar.parse(end, env);
    checkWeight(this.#settledWeight + weightOf(tokens));
    if (this.#isFinal && this.#settled && Object.keys(env.references ?? {}).length) {
      // References act backwards, on what was drawn before they were known: once, all of it again.
      this.#restart();
      this.#drawEnd();
      return;
    }

    const cut = this.#isFinal ? { token: tokens.length, offset: end.length } : cutOf(end, tokens);
    for (const node of this.#open) node.remove();
    this.#appendSettled(tokens.slice(0, cut.token), env);
    this.#open = this.#append(tokens.slice(cut.token), env);
    this.#settle(end.slice(0, cut.offset), tokens.slice(0, cut.token));
  }

  #appendSettled(tokens: Token[], env: Env): void {
    for (const node of this.#append(tokens, env)) {
      if (node instanceof Element) this.#await(highlightAll(node));
    }
  }

  #append(tokens: Token[], env: Env): ChildNode[] {
    if (!tokens.length) return [];

    const fragment = sanitise(grammar.renderer.render(tokens, OPTIONS, env));
    dress(fragment);
    const drawing = typeset(fragment, this.#budget);
    if (drawing) this.#await(drawing);

    const nodes = [...fragment.childNodes];
    this.#target.append(fragment);
    return nodes;
  }

  #settle(text: string, tokens: Token[]): void {
    if (!text) return;
    const env = this.#environment();
    // Which references the settled part defines, and not the open end behind it.
    if (text.includes("]:")) grammar.parse(text, env);
    this.#references = env.references ?? {};
    this.#settled += text;
    this.#settledWeight += weightOf(tokens);
  }

  #environment(): Env {
    return { references: { ...this.#references }, plainHeadings: this.#plainHeadings };
  }

  #drawPlain(): void {
    this.#plain = document.createTextNode(this.#text);
    this.#target.replaceChildren(this.#plain);
    this.#target.classList.add("prose--plain");
  }

  #restart(): void {
    this.#target.replaceChildren();
    this.#target.classList.remove("prose--plain");
    this.#plain = undefined;
    this.#settled = "";
    this.#settledWeight = 0;
    this.#references = {};
    this.#open = [];
  }

  #await(work: Promise<unknown>): void {
    // A part that cannot be fetched (offline) leaves plain code or a formula's source: worth a report, no more.
    this.#unfinished = Promise.all([this.#unfinished, work.catch(reportError)]);
  }
}
