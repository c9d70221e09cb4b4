import type { Env, MarkdownItOptions, Token } from "markdown-it";
import { type Block, blocksOf, nodesOf, sameIn } from "./blocks";
import { Budget, checkLength, checkWeight, hasEndlessWord, OverBudget, weightOf } from "./budget";
import { highlightAll } from "./code";
import { tendCode } from "./code_acts";
import { dress } from "./dress";
import { hasFootnotes } from "./footnotes";
import { graft, graftText } from "./graft";
import { grammar } from "./grammar";
import { growthOf } from "./growth";
import { patch } from "./patch";
import { PlainText } from "./plain";
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

let views = 0;

/**
 * Draws a growing Markdown text into `target`. What is settled is parsed, sanitised and drawn once and then left
 * alone (selection, focus and scrolling in it survive); only the open end is drawn again, and of
 * that, too, what stays the same stays where it is.
 */
export class MarkdownView {
  readonly #target: HTMLElement;
  readonly #plainHeadings: boolean;
  /** Footnotes of two texts on a page must not be taken for one another. */
  readonly #notesName = `notes-${++views}`;
  #budget = new Budget();
  /** Code still being coloured, formulas still being fetched. */
  #unfinished: Promise<unknown> = Promise.resolve();
  #text = "";
  #isFinal = false;
  #isLive = false;
  #settled = "";
  #settledWeight = 0;
  #references: NonNullable<Env["references"]> = {};
  #hasFootnotes = false;
  /** The blocks of the open end. */
  #open: Block[] = [];
  #plain: PlainText | undefined;
  #restUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(target: HTMLElement, { plainHeadings = false }: MarkdownOptions = {}) {
    this.#target = target;
    this.#plainHeadings = plainHeadings;
    target.classList.add("prose");
    tendCode(target);
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
    if (this.#isLive === this.#isFinal) this.#live(!this.#isFinal);
    if (!this.#text.startsWith(this.#plain?.text ?? this.#settled)) this.#restart();
    if (this.#plain) {
      this.#plain.append(this.#text.slice(this.#plain.text.length));
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

  #live(isLive: boolean): void {
    this.#isLive = isLive;
    this.#target.classList.toggle("prose--live", isLive);
  }

  #rest(started: number): void {
    const now = performance.now();
    const took = now - started;
    this.#restUntil = took > FREE_DRAWING_MS ? now + REST_AFTER_DRAWING * took : 0;
  }

  #drawEnd(): void {
    const end = this.#text.slice(this.#settled.length);
    if (hasEndlessWord(end)) this.#target.classList.add("prose--unkerned");
    const env = this.#environment();
    const tokens = grammar.parse(end, env);
    checkWeight(this.#settledWeight + weightOf(tokens));
    if (this.#isFinal && this.#settled && this.#actsBackwards(env)) {
      this.#unsettle();
      this.#drawEnd();
      return;
    }

    const cut = this.#isFinal ? { token: tokens.length, offset: end.length } : cutOf(end, tokens);
    const blocks = this.#drawBlocks(tokens, env);
    this.#open = blocks.filter(({ end }) => end > cut.token);
    for (const block of blocks.slice(0, blocks.length - this.#open.length)) this.#finish(block);
    this.#settle(end.slice(0, cut.offset), tokens.slice(0, cut.token));
  }

  /** Puts these blocks in the place of the open end; as far as they are the same, it is not looked at. */
  #drawBlocks(tokens: Token[], env: Env): Block[] {
    const blocks = blocksOf(tokens, (block) => grammar.renderer.render(block, OPTIONS, env));
    const same = sameIn(blocks, this.#open);
    const [old, fresh] = [this.#open.slice(same), blocks.slice(same)];
    const nodes = nodesOf(old);
    const { stays, drawn } = this.#goOn(old[0], fresh);
    const standing = patch(this.#target, nodes.slice(stays), drawn.flat());
    for (const [place, block] of fresh.entries()) block.nodes = standing.splice(0, drawn[place]?.length ?? 0);
    fresh[0]?.nodes.unshift(...nodes.slice(0, stays));
    for (const block of blocks.slice(0, same)) block.nodes = this.#open.shift()?.nodes ?? [];
    return blocks;
  }

  /**
   * Draws what of these blocks is new, each block's nodes, where the first of them may be `old` with something added:
   * then so many of its nodes stay.
   */
  #goOn(old: Block | undefined, fresh: Block[]): { stays: number; drawn: ChildNode[][] } {
    const texts = fresh.map(({ html }) => html ?? "");
    const [first, ...later] = texts;
    if (old?.html === undefined || first === undefined) return { stays: 0, drawn: this.#drawn(texts) };

    const growth = growthOf(old.html, first);
    if (growth.text !== undefined && graftText(old.nodes, growth, growth.text)) {
      return { stays: old.nodes.length, drawn: [[], ...this.#drawn(later)] };
    }
    const drawn = this.#drawn([growth.html, ...later]);
    const grafted = graft(old.nodes, drawn[0] ?? [], growth);
    if (!grafted) return { stays: 0, drawn: this.#drawn(texts) };
    return { stays: grafted.stays, drawn: [drawn[0]?.slice(grafted.used) ?? [], ...drawn.slice(1)] };
  }

  /** What comes late to a settled block, and may come never: both are of code that names its language. */
  #finish({ html, nodes }: Block): void {
    if (!html?.includes("language-")) return;
    for (const part of nodes) {
      if (!(part instanceof Element)) continue;
      this.#await(highlightAll(part));
      if (part.querySelector(".language-mermaid")) {
        this.#await(import("./diagrams").then(({ drawDiagrams }) => drawDiagrams(part)));
      }
    }
  }

  /** References and footnotes change what was drawn before they were known: once, at the end, all is drawn again. */
  #actsBackwards(env: Env): boolean {
    return Object.keys(env.references ?? {}).length > 0 || this.#hasFootnotes || hasFootnotes(env);
  }

  /** The nodes of each block. They go through the sanitiser together: each time makes a document. */
  #drawn(blocks: readonly string[]): ChildNode[][] {
    if (!blocks.length) return [];

    const fragment = sanitise(blocks.map((html) => `<div>${html}</div>`).join(""));
    dress(fragment, this.#notesName);
    const drawing = typeset(fragment, this.#budget);
    if (drawing) this.#await(drawing);
    return [...fragment.children].map((box) => [...box.childNodes]);
  }

  #settle(text: string, tokens: Token[]): void {
    if (!text) return;
    const env = this.#environment();
    // Which references and notes the settled part defines, and not the open end behind it.
    if (text.includes("]:")) grammar.parse(text, env);
    this.#references = env.references ?? {};
    this.#hasFootnotes ||= hasFootnotes(env);
    this.#settled += text;
    this.#settledWeight += weightOf(tokens);
  }

  #environment(): Env {
    return {
      references: { ...this.#references },
      plainHeadings: this.#plainHeadings,
      isGrowing: !this.#isFinal,
    };
  }

  #drawPlain(): void {
    this.#plain = new PlainText(this.#target);
    this.#plain.append(this.#text);
    this.#target.classList.add("prose--plain");
  }

  #restart(): void {
    if (this.#plain) this.#target.replaceChildren();
    this.#target.classList.remove("prose--plain", "prose--unkerned");
    this.#plain = undefined;
    this.#unsettle();
  }

  /** All is open again, as it stands: what will be drawn the same stays. */
  #unsettle(): void {
    this.#settled = "";
    this.#settledWeight = 0;
    this.#references = {};
    this.#hasFootnotes = false;
    this.#open = [{ html: undefined, end: 0, nodes: [...this.#target.childNodes] }];
  }

  #await(work: Promise<unknown>): void {
    // A part that cannot be fetched (offline) leaves plain code or a formula's source: worth a report, no more.
    this.#unfinished = Promise.all([this.#unfinished, work.catch(reportError)]);
  }
}
