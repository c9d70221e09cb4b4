import { type Phase, Reply } from "../../models/reply";
import { NOT_STOPPED, stopGeneration } from "../../models/stop";
import { isOver, type ReplyView } from "../../models/views";
import { t } from "../../words";
import { csrf, stream } from "../page";
import { onSignal, signal } from "../signals";
import { ReplyEnd } from "./end";
import { viewInPage } from "./in_page";
import type { Reasoning } from "./reasoning";
import { stateOf } from "./state";
import { ReplyText } from "./text";
import { ReplyWaiting } from "./waiting";

const TICK_MS = 1000;

const CUT_OFF = {
  signedOut: t("You are signed out. The reply goes on; sign in to see the rest."),
  suspended: t("Your account is suspended. What was written up to here is kept."),
};

/** `<parley-reply>`: one reply. It follows its generation to the end and draws it, once per frame at most. */
export class ReplyElement extends HTMLElement {
  readonly #end = new ReplyEnd(this);
  readonly #waiting = new ReplyWaiting(this);
  readonly #text = new ReplyText(this);
  #reply: Reply | null = null;
  #markdown = "";
  #frame = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #drawnSeq = 0;
  #isStopping = false;
  /** Nothing more is heard of it on this page for now. */
  #isCutOff = false;
  #phase: Phase | null = null;
  #thinking: Reasoning | null = null;
  #ends: (() => void)[] = [];

  /** Shows this reply from now on. */
  set view(view: ReplyView) {
    this.#end.name(view.message);
    this.#begin(view);
    this.#drawNow();
    if (this.isConnected) this.#follow();
  }

  connectedCallback(): void {
    this.#ends = [
      this.#end.copies(() => this.#markdown),
      onSignal("signedOut", () => this.#cutOff(CUT_OFF.signedOut)),
      onSignal("suspended", () => this.#cutOff(CUT_OFF.suspended)),
      onSignal("returned", () => this.#return()),
    ];
    if (this.#reply) this.#text.wait();
    else this.#begin(viewInPage(this, this.#end));
    if (this.isRunning) this.#drawNow();
    this.#follow();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
    this.#text.leave();
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#ticker);
    if (this.#reply) stream.unfollow(this.#reply);
  }

  get isRunning(): boolean {
    return this.#reply?.isOver === false;
  }

  /** The last event that is on screen: where a stop cuts. */
  get drawnSeq(): number {
    return this.#drawnSeq;
  }

  /** How it stands, for those who listen. */
  get state(): string {
    return this.#isCutOff ? this.#end.note : stateOf(this.#reply, this.#end.note);
  }

  /** Its end is bad news. */
  get hasFailed(): boolean {
    const status = this.#reply?.view.status;
    return status === "failed" || status === "interrupted";
  }

  /** Freezes what is shown and ends the reply there. It goes on, with a note, if the server cannot be told. */
  async stop(): Promise<void> {
    if (!this.#reply || this.#reply.isOver || this.#isStopping) return;
    this.#isStopping = true;
    this.#drawFreeze();
    this.#end.say("");
    this.#waiting.stopping();

    const stopping = await stopGeneration(this.#reply.generation, this.#drawnSeq, csrf());
    if (stopping === "stopped" || this.#reply.isOver) return;
    this.#isStopping = false;
    this.#drawFreeze();
    this.complain(NOT_STOPPED[stopping]);
    this.#draw();
  }

  /** Says, where the act was, why it was not done. */
  complain(sentence: string, id = ""): void {
    this.#end.say(sentence, "alert", id);
  }

  /** Takes over what the server says of it by now. What is drawn of it already stays as it is. */
  renew(view: ReplyView): void {
    if (!this.#reply || (!this.isRunning && this.#reply.view.status !== view.status)) this.view = view;
    else if (!this.isRunning) this.#end.offer(view);
    else if (this.#reply.replace(view) === "taken") {
      if (this.#reply.isOver) stream.unfollow(this.#reply);
      this.#draw();
    }
  }

  /** Looked for once: it is asked for at every frame. */
  get #reasoning(): Reasoning | null {
    this.#thinking ??= this.querySelector<Reasoning>("parley-reasoning");
    return this.#thinking;
  }

  get #now(): Phase {
    return this.#reply?.phase ?? "over";
  }

  get #isFrozen(): boolean {
    return this.#isStopping || this.#isCutOff;
  }

  #begin(view: ReplyView): void {
    this.#reply = new Reply(view);
    this.#markdown = view.text;
    this.#text.begin(view.text, isOver(view.status));
    this.dataset.phase = this.#now;
  }

  #follow(): void {
    clearInterval(this.#ticker);
    if (!this.#reply || !this.isRunning) return;
    stream.follow(this.#reply, () => this.#draw());
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    signal("moved", undefined);
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
    this.#reasoning?.update(reply);
    this.#text.update(reply.view.text, reply.isOver);
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
    if (!reply.isOver) this.#reasoning?.tick(reply);
    this.#waiting.draw(reply);
  }

  #finish(view: ReplyView): void {
    clearInterval(this.#ticker);
    this.#isStopping = this.#isCutOff = false;
    this.#drawFreeze();
    this.#waiting.hide();
    this.#end.show(view);
  }

  /** The page may hear of nothing any more: the reply does not pretend to be written on before one's eyes. */
  #cutOff(sentence: string): void {
    if (!this.isRunning) return;
    this.#isCutOff = true;
    this.#drawFreeze();
    this.#waiting.hide();
    this.#end.say(sentence);
    signal("moved", undefined);
  }

  #return(): void {
    if (!this.#isCutOff) return;
    this.#isCutOff = false;
    this.#drawFreeze();
    this.#end.say("");
    this.#draw();
    signal("moved", undefined);
  }

  #drawFreeze(): void {
    this.classList.toggle("is-frozen", this.#isFrozen);
  }
}
