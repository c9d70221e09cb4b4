import { changesTo } from "../models/branch";
import type { Hint } from "../models/events";
import { Look } from "../models/look";
import { get } from "../models/send";
import type { Branch, MessageView } from "../models/views";
import { arrive, onArrival } from "./arrival";
import { Earlier } from "./earlier";
import { changeAround, type Eye, lookedAt, topOf } from "./eye";
import { drawSeen } from "./near";
import { News } from "./news";
import { part } from "./parts";
import { inPieces, remove } from "./pieces";
import { Reader } from "./reader";
import type { ReplyElement } from "./reply";
import { onSignal, signal } from "./signals";
import { TurnActs } from "./turn_acts";
import { renewTurn, turnOf } from "./turns";

/** `<parley-transcript>`: the turns of a conversation, in order. */
export class Transcript extends HTMLElement {
  readonly #acts = new TurnActs(this);
  readonly #look = new Look(
    () => this.#ask(),
    (branch) => this.#take(branch),
  );
  readonly #news = new News();
  #reader: Reader | null = null;
  #earlier: Earlier | null = null;
  /** The next look is for everything and not for the end alone. */
  #isWhole = false;
  #heardWhileActing: Hint[] = [];
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    if (this.classList.contains("transcript--shared")) return;
    const reader = new Reader(this);
    this.#reader = reader;
    this.#earlier = new Earlier(this);
    this.#ends = [
      this.#acts.listen(),
      reader.watch(),
      this.#earlier.watch(),
      onArrival(() => arrive(this, reader)),
      onSignal("hint", (hint) => this.#heard(hint)),
      onSignal("joined", () => void this.refresh()),
      onSignal("returned", () => void this.refresh()),
      onSignal("moved", () => this.#moved()),
      onSignal("began", ({ id }) => this.#begin(id)),
    ];
    this.#acts.restore(this.#turns);
    arrive(this, reader);
    drawSeen();
    this.#moved();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
  }

  /** "" as long as nothing was sent. */
  get conversation(): string {
    return this.dataset.conversation ?? "";
  }

  /** The first message that is here; what is earlier is not. */
  get first(): string {
    return this.#turns[0]?.dataset.message ?? "";
  }

  /** The last message: what the next one answers. As long as it is not here, the server's word for it. */
  get tip(): string {
    const { later, tip } = this.dataset;
    return (later === undefined ? this.#turns.at(-1)?.dataset.message : tip) ?? "";
  }

  get running(): ReplyElement | null {
    return this.#replies.find((reply) => reply.isRunning) ?? null;
  }

  turnOf(message: string): HTMLElement | null {
    return this.#turns.find((turn) => turn.dataset.message === message) ?? null;
  }

  /** Puts messages at the end; those that stand already stay as they are. */
  add(messages: readonly MessageView[]): void {
    this.#look.outdate();
    this.#append(messages.filter(({ id }) => !this.turnOf(id)));
  }

  /** Puts what is earlier above everything else, which stays where it is on screen. */
  addEarlier(messages: readonly MessageView[]): void {
    const [first] = this.#turns;
    if (!first) return;
    const turns = messages.filter(({ id }) => !this.turnOf(id)).map(turnOf);
    this.keep(topOf(first), () => this.#log.prepend(...inPieces(turns)), { following: true });
    this.#acts.restore(turns);
    this.#acts.draw();
  }

  /** Puts messages in the place of a turn and of all that follow it. */
  replace(replaced: string, messages: readonly MessageView[], eye: Eye): void {
    const old = this.turnOf(replaced);
    const first = messages[0]?.id ?? "";
    if (!old) {
      this.#replaced(first, eye);
      return;
    }

    this.#look.outdate();
    const change = () => this.#show(this.#turns.indexOf(old), messages);
    if (eye === "end") {
      change();
      this.jumpToLatest();
    } else {
      const looked = lookedAt(old, eye);
      this.#reader?.hold(() => looked(this.turnOf(first) ?? old), change, { following: eye === "text" });
    }
  }

  /** Changes the page and leaves on screen where it is what `eye` says is looked at. */
  keep(eye: () => number, change: () => void, options: { following?: boolean } = {}): void {
    if (this.#reader) this.#reader.hold(eye, change, options);
    else changeAround(eye, change);
  }

  /** Follows what one has just said, wherever one was reading. */
  jumpToLatest(): void {
    this.#reader?.jump();
  }

  /** Looks at how the conversation stands, since another tab may have gone on with it. */
  async refresh(): Promise<void> {
    if (this.conversation) await this.#look.look();
  }

  /** Hears what was said while an act of this page's own was under way. */
  catchUp(): void {
    for (const hint of this.#heardWhileActing.splice(0)) this.#heard(hint);
  }

  get #log(): HTMLElement {
    return part(this, "log");
  }

  get #turns(): HTMLElement[] {
    return [...this.#log.querySelectorAll<HTMLElement>(".turn")];
  }

  get #replies(): ReplyElement[] {
    return [...this.querySelectorAll<ReplyElement>("parley-reply")];
  }

  async #ask(): Promise<Branch | null> {
    // What follows the last thing a person said is mostly all that can have changed.
    const said = this.#turns.findLast((turn) => turn.classList.contains("turn--said"));
    const from = this.#isWhole ? `from=${this.first}` : `after=${said?.dataset.message ?? ""}`;
    const answer = await get<Branch>(`/conversations/${this.conversation}/messages/?${from}`);
    return answer.ok ? answer.body : null;
  }

  #take({ after, earlier, messages }: Branch): void {
    this.#isWhole = false;
    delete this.dataset.later;
    const before = this.turnOf(after);
    const known = this.turnOf(messages[0]?.id ?? "");
    if (!before && !known && this.#earlier) this.#earlier.count = earlier;
    const place = before ? this.#turns.indexOf(before) + 1 : known ? this.#turns.indexOf(known) : 0;
    this.#show(place, messages);
  }

  /** Makes `messages` what stands from a place on. */
  #show(from: number, messages: readonly MessageView[]): void {
    const turns = this.#turns.slice(from);
    const changes = changesTo(
      turns.map((turn) => turn.dataset.message ?? ""),
      messages,
    );
    const going = turns.splice(changes.stay.length);
    for (const [place, message] of changes.stay.entries()) {
      const turn = turns[place];
      if (turn) renewTurn(turn, message);
    }
    remove(going);
    this.#append(changes.come);
  }

  #append(messages: readonly MessageView[]): void {
    const turns = messages.map(turnOf);
    this.#log.append(...inPieces(turns));
    this.#acts.restore(turns);
    this.querySelector("[data-part=empty]")?.remove();
    signal("moved", undefined);
  }

  /** A hint was faster and has brought here already what an act of this page's has made. Or the page is astray. */
  #replaced(first: string, eye: Eye): void {
    if (!this.turnOf(first)) this.#branched("");
    else if (eye === "end") this.jumpToLatest();
  }

  #begin(conversation: string): void {
    this.dataset.conversation = conversation;
  }

  #heard(hint: Hint): void {
    const { topic, id, data } = hint;
    if (this.#acts.isActing) this.#heardWhileActing.push(hint);
    else if (topic === "branch" && id === this.conversation) this.#branched(data?.message ?? "");
    else if (topic === "reply_started" && data?.conversation === this.conversation) {
      if (!this.turnOf(data.message ?? "")) void this.refresh();
    }
  }

  /** Another branch is shown from now on. This page knows it already if it was its own wish. */
  #branched(tip: string): void {
    if (tip && tip === this.tip) return;
    this.#isWhole = true;
    void this.refresh();
  }

  #moved(): void {
    this.#acts.draw();
    this.#news.tell(this.tip, this.#replies.at(-1));
  }
}
