import { copyText, sayCopied } from "../copy-button";
import { type Phase, Reply } from "../models/reply";
import { stopGeneration } from "../models/stop";
import { isOver, type ReplyView, type Status } from "../models/views";
import { MarkdownView } from "../render/markdown";
import { csrf, stream } from "./page";
import { part, say, sayOrHide, seconds } from "./parts";
import type { Reasoning } from "./reasoning";
import type { Receipt } from "./receipt";
import { signal } from "./signals";

const SAY_WAITING_AFTER_MS = 2000;
const TICK_MS = 1000;

const NOT_STOPPED = {
  refused: "The server did not take the stop, so the reply goes on.",
  unreachable: "The server could not be reached, so the reply goes on. You can stop it again.",
};

/** `<parley-reply>`: one reply. It follows its generation to the end and draws it, once per frame at most. */
export class ReplyElement extends HTMLElement {
  #reply: Reply | null = null;
  #markdown = "";
  #text: MarkdownView | null = null;
  #frame = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #drawnSeq = 0;
  #isFrozen = false;
  #phase: Phase | null = null;

  /** Gives a clone of the template its reply; to be called before it enters the page. */
  set view(view: ReplyView) {
    part<Receipt>(this, "foot").name(view.message);
    this.#begin(view);
    this.#drawNow();
  }

  connectedCallback(): void {
    this.addEventListener("click", this.#copy);
    if (!this.#text) this.#begin(this.#viewInPage());
    if (!this.#reply || !this.isRunning) return;
    this.#drawNow();
    stream.follow(this.#reply, () => this.#draw());
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    signal("moved", undefined);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#copy);
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#ticker);
    if (this.#reply) stream.unfollow(this.#reply);
  }

  get isRunning(): boolean {
    return this.#reply?.isOver === false;
  }

  get phase(): Phase {
    return this.#reply?.phase ?? "over";
  }

  get status(): Status {
    return this.#reply?.view.status ?? "done";
  }

  get note(): string {
    return this.#reply?.view.note ?? "";
  }

  /** The event up to which it is on screen: whoever ends it here names this number. */
  get drawnSeq(): number {
    return this.#drawnSeq;
  }

  /** Freezes what is shown and ends the reply there. It goes on, with a note, if the server cannot be told. */
  async stop(): Promise<void> {
    if (!this.#reply || this.#reply.isOver || this.#isFrozen) return;
    this.#isFrozen = true;
    this.classList.add("is-frozen");
    this.complain("");
    say(part(this, "waiting"), "Stopping…");

    const stopping = await stopGeneration(this.#reply.generation, this.#drawnSeq, csrf());
    if (stopping === "stopped" || this.#reply.isOver) return;
    this.#isFrozen = false;
    this.classList.remove("is-frozen");
    this.complain(NOT_STOPPED[stopping]);
    this.#draw();
  }

  /** Says, where the act was, why it was not done. */
  complain(sentence: string, id = ""): void {
    this.#note(sentence, "alert", id);
  }

  /** The server takes a retry of the last turn alone. A shared page offers none. */
  offerRetry(): void {
    const retry = this.querySelector<HTMLFormElement>("[data-part=retry]");
    const isLast = !this.closest(".turn")?.nextElementSibling;
    if (retry) retry.hidden = !(isLast && this.#reply?.view.can_retry);
  }

  #begin(view: ReplyView): void {
    const text = part(this, "text");
    text.replaceChildren();
    this.#text = new MarkdownView(text);
    this.#reply = new Reply(view);
    this.#markdown = view.text;
    this.#text.update(view.text, isOver(view.status));
    this.dataset.phase = this.phase;
  }

  /** What the server wrote into the page. The foot of a finished reply is in its place already. */
  #viewInPage(): ReplyView {
    const { generation = "", status = "done", seq, waited, thought } = this.dataset;
    return {
      message: this.closest<HTMLElement>("[data-message]")?.dataset.message ?? "",
      generation,
      status: status as Status,
      seq: Number(seq),
      text: part(this, "text").textContent ?? "",
      reasoning: part(this, "reasoning").textContent ?? "",
      thought_ms: thought ? Number(thought) : null,
      thought_line: "",
      waiting_since_ms: waited ? Number(waited) : null,
      note: "",
      note_kind: "",
      fault_id: "",
      can_retry: this.querySelector("[data-part=retry]:not([hidden])") !== null,
      can_continue: this.querySelector("[data-part=continue]:not([hidden])") !== null,
      tally: null,
    };
  }

  #draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const reply = this.#reply;
    if (!reply || (this.#isFrozen && !reply.isOver)) return;

    this.#markdown = reply.view.text;
    this.querySelector<Reasoning>("parley-reasoning")?.update(reply);
    this.#text?.update(reply.view.text, reply.isOver);
    this.#drawnSeq = reply.seq;
    if (reply.isOver) this.#finish(reply.view);
    this.#tick();
    this.#move(reply.phase);
  }

  #move(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.dataset.phase = phase;
    if (this.isConnected) signal("moved", undefined);
  }

  #tick(): void {
    const reply = this.#reply;
    if (!reply || this.#isFrozen) return;
    if (!reply.isOver) this.querySelector<Reasoning>("parley-reasoning")?.tick(reply);

    const waited = reply.waitedMs();
    const isLong = reply.phase === "waiting" && waited >= SAY_WAITING_AFTER_MS;
    const whom = reply.provider ? ` for ${reply.provider}` : "";
    sayOrHide(part(this, "waiting"), isLong ? `Waiting${whom}… ${seconds(waited)}` : "");
  }

  #finish(view: ReplyView): void {
    clearInterval(this.#ticker);
    this.#isFrozen = false;
    this.classList.remove("is-frozen");
    part(this, "waiting").hidden = true;
    this.#note(view.note, view.note_kind, view.fault_id);
    part<Receipt>(this, "foot").fill(view.tally);
    part(this, "copy").hidden = !view.text;
    part<HTMLFormElement>(this, "retry").action = `/replies/${view.message}/retry/`;
    this.offerRetry();
  }

  #note(sentence: string, kind: ReplyView["note_kind"], id: string): void {
    const note = part(this, "note");
    note.hidden = !sentence;
    note.classList.toggle("note--alert", kind === "alert");
    say(part(note, "note-text"), sentence);
    say(part(note, "fault-id"), id);
  }

  /** The answer as Markdown; thinking stays out of it. */
  #copy = async (event: Event): Promise<void> => {
    const button = (event.target as Element).closest("button");
    if (button?.dataset.part !== "copy") return;
    await copyText(this.#markdown);
    sayCopied(button);
  };
}
