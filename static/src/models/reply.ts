import { t } from "../words";
import type { Delta, ReplyEvent, Snapshot } from "./events";
import { indexAt, merged } from "./hops";
import { isOver, type ReplyView } from "./views";

export type Phase = "waiting" | "thinking" | "writing" | "over";
const GONE = t("This reply is not here any more.");

/** What became of an event: taken in, known already, or not to be used until the ones before it came. */
export type Folded = "taken" | "known" | "gap";

/**
 * One reply as this page knows it: folds the socket's events, in whatever order and however often they come, into
 * the text they stand for. Draws nothing.
 */
export class Reply {
  readonly generation: string;
  readonly message: string;

  #view: ReplyView;
  #provider = "";
  #queuedAt: number;
  #thinkingSince: number | null = null;
  /** How much of the text stood there before this reply went on from it. */
  readonly #carried: number;

  constructor(view: ReplyView, now = Date.now()) {
    this.generation = view.generation;
    this.message = view.message;
    this.#view = view;
    this.#queuedAt = now - (view.waiting_since_ms ?? 0);
    this.#carried = carriedIn(view);
    if (this.phase === "thinking" && view.thought_ms === null) this.#thinkingSince = this.#queuedAt;
  }

  get view(): Readonly<ReplyView> {
    return this.#view;
  }

  get seq(): number {
    return this.#view.seq;
  }

  get isOver(): boolean {
    return isOver(this.#view.status);
  }

  get phase(): Phase {
    if (this.isOver) return "over";
    if (this.#view.text.length > this.#writtenBefore) return "writing";
    if (this.#view.reasoning.trim() || this.#view.hops.length) return "thinking";
    return "waiting";
  }

  /** The model is at work and has written nothing yet since its last step, if there was one. */
  get isThinking(): boolean {
    const { thought_ms, hops } = this.#view;
    return this.phase === "thinking" && (thought_ms === null || hops.length > 0);
  }

  /** Who is waited for; "" before a provider was asked. */
  get provider(): string {
    return this.#provider;
  }

  waitedMs(now = Date.now()): number {
    return now - this.#queuedAt;
  }

  /** The server's count of what is over, and this page's of what goes on. */
  thoughtMs(now = Date.now()): number {
    return (this.#view.thought_ms ?? 0) + (this.#thinkingSince === null ? 0 : now - this.#thinkingSince);
  }

  fold(event: ReplyEvent, now = Date.now()): Folded {
    if (this.isOver) return "known";
    switch (event.type) {
      case "delta":
        return this.#add(event, now);
      case "waiting":
        this.#provider = event.provider;
        this.#queuedAt = now - event.since_ms;
        return "taken";
      case "snapshot":
        return this.#put(event, now);
      case "ended":
        this.#view = event.reply;
        return "taken";
    }
  }

  /** The whole reply as fetched over HTTP, when there is no socket. An older picture than ours is not taken. */
  replace(view: ReplyView, now = Date.now()): Folded {
    if (this.isOver || (!isOver(view.status) && view.seq < this.seq)) return "known";
    this.#view = view;
    this.#noteThinking(view, now);
    return "taken";
  }

  /** The server has it no more: what stands here stays, and nothing more is waited for. */
  lose(): void {
    if (this.isOver) return;
    const thought_line = this.#view.reasoning.trim() && t("Thought");
    this.#view = { ...this.#view, status: "interrupted", thought_line, note: GONE, note_kind: "quiet" };
  }

  #add(event: Delta, now: number): Folded {
    if (event.last <= this.seq) return "known";
    // A frame that overlaps cannot be cut, since it does not say where its events meet: it is asked for anew.
    if (event.first !== this.seq + 1) return "gap";

    this.#view = {
      ...this.#view,
      status: "running",
      seq: event.last,
      text: this.#view.text + (event.text ?? ""),
      reasoning: this.#view.reasoning + (event.reasoning ?? ""),
      thought_ms: event.thought_ms ?? this.#view.thought_ms,
      hops: merged(this.#view.hops, event.hops),
    };
    this.#noteThinking({ reasoning: "", thought_ms: null, ...event }, now);
    return "taken";
  }

  /** One that was asked for earlier may come late: words that stand are not taken back. */
  #put({ seq, text, reasoning, thought_ms, hops }: Snapshot, now: number): Folded {
    if (seq < this.seq) return "known";
    this.#view = { ...this.#view, status: "running", seq, text, reasoning, thought_ms, hops };
    this.#noteThinking({ reasoning, thought_ms }, now);
    return "taken";
  }

  /** What came says that thinking has ended, or that it goes on: after a step it begins anew. */
  #noteThinking({ reasoning, thought_ms }: Pick<ReplyView, "reasoning" | "thought_ms">, now: number): void {
    if (thought_ms !== null) this.#thinkingSince = null;
    else if (reasoning && this.phase === "thinking") this.#thinkingSince ??= now;
  }

  /** How much of the text stood there before the call that writes now. */
  get #writtenBefore(): number {
    const last = this.#view.hops.at(-1);
    if (!last) return this.#carried;
    return this.#carried + indexAt(this.#view.text.slice(this.#carried), last.text_at);
  }
}

/** Text that stands before the first event, or while thinking goes on, was carried over from another reply. */
function carriedIn({ status, seq, text, reasoning, thought_ms }: ReplyView): number {
  const isThinking = reasoning.trim() !== "" && thought_ms === null;
  return !isOver(status) && (seq === 0 || isThinking) ? text.length : 0;
}
