import type { Hint } from "../../models/events";
import { Look } from "../../models/look";
import { get } from "../../models/send";
import type { Branch, MessageView } from "../../models/views";
import { changeAround, type Eye, lookedAt, topOf } from "../eye";
import type { TranscriptElement } from "../neighbours";
import { drawSeenInTurn } from "../reading/near";
import { Reader } from "../reading/reader";
import type { ReplyElement } from "../reply/reply";
import { listenToFolds } from "../said";
import { onSignal, signal } from "../signals";
import { TurnActs } from "../turn/acts";
import { arrive, onArrival } from "./arrival";
import { Earlier } from "./earlier";
import { News } from "./news";
import { StandingTurns } from "./standing_turns";

/** `<parley-transcript>`: which branch of the conversation stands here, and where its reader looks while it changes. */
export class Transcript extends HTMLElement implements TranscriptElement {
  readonly #turns = new StandingTurns(this);
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
  /** Another branch is shown elsewhere, and not here as long as somebody is writing on this one. */
  #isBehind = false;
  #heardWhileActing: Hint[] = [];
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    this.#ends = [listenToFolds(this)];
    if (this.classList.contains("transcript--shared")) return;
    const reader = new Reader(this);
    this.#reader = reader;
    this.#earlier = new Earlier(this);
    this.#ends.push(
      this.#acts.listen(),
      reader.watch(),
      this.#earlier.watch(),
      onArrival(() => arrive(this, reader)),
      onSignal("hint", (hint) => this.#heard(hint)),
      onSignal("joined", () => void this.refresh()),
      onSignal("returned", () => void this.refresh()),
      onSignal("moved", () => this.#moved()),
      onSignal("began", ({ id }) => this.#begin(id)),
    );
    document.addEventListener("focusin", this.#left);
    this.#ends.push(() => document.removeEventListener("focusin", this.#left));
    this.#acts.restore(this.#turns.all);
    arrive(this, reader);
    drawSeenInTurn();
    this.#moved();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
  }

  get conversation(): string {
    return this.dataset.conversation ?? "";
  }

  get first(): string {
    return this.#turns.all[0]?.dataset.message ?? "";
  }

  get tip(): string {
    const { later, tip } = this.dataset;
    return (later === undefined ? this.#turns.all.at(-1)?.dataset.message : tip) ?? "";
  }

  get running(): ReplyElement | null {
    return this.#replies.find((reply) => reply.isRunning) ?? null;
  }

  get isActing(): boolean {
    return this.#acts.isActing;
  }

  turnOf(message: string): HTMLElement | null {
    return this.#turns.of(message);
  }

  add(messages: readonly MessageView[]): void {
    this.#look.outdate();
    this.#came(this.#turns.add(messages));
  }

  addEarlier(messages: readonly MessageView[]): void {
    const [first] = this.#turns.all;
    if (!first) return;
    let turns: HTMLElement[] = [];
    const change = () => {
      turns = this.#turns.addAbove(messages);
    };
    this.keep(topOf(first), change, { following: true });
    this.#acts.restore(turns);
    this.#acts.draw();
  }

  replace(replaced: string, messages: readonly MessageView[], eye: Eye): void {
    const old = this.turnOf(replaced);
    const first = messages[0]?.id ?? "";
    if (!old) {
      this.#replaced(first, eye);
      return;
    }

    this.#look.outdate();
    const change = () => this.#show(this.#turns.placeOf(replaced), messages);
    if (eye === "end") {
      change();
      this.jumpToLatest();
    } else {
      const looked = lookedAt(old, eye);
      this.#reader?.hold(() => looked(this.turnOf(first) ?? old), change, { following: eye === "text" });
    }
  }

  follow(after: string, messages: readonly MessageView[]): void {
    const place = this.#turns.placeOf(after) + 1;
    if (after && !place) {
      this.#branched("");
      return;
    }
    this.#look.outdate();
    this.#show(place, messages);
  }

  keep(eye: () => number, change: () => void, options: { following?: boolean } = {}): void {
    if (this.#reader) this.#reader.hold(eye, change, options);
    else changeAround(eye, change);
  }

  jumpToLatest(): void {
    this.#reader?.jump();
  }

  async refresh(): Promise<void> {
    if (this.conversation) await this.#look.look();
  }

  catchUp(): void {
    for (const hint of this.#heardWhileActing.splice(0)) this.#heard(hint);
  }

  get #replies(): ReplyElement[] {
    return [...this.querySelectorAll<ReplyElement>("parley-reply")];
  }

  async #ask(): Promise<Branch | null> {
    // What follows the last thing a person said is mostly all that can have changed.
    const from = this.#isWhole ? `from=${this.first}` : `after=${this.#turns.lastSaid}`;
    const answer = await get<Branch>(`/conversations/${this.conversation}/messages/?${from}`);
    if (!answer.ok) return null;
    this.#isBehind = await this.#isWrittenOn(answer.body);
    return this.#isBehind ? null : answer.body;
  }

  /**
   * Whether showing this branch would take the edit off the page in which somebody is writing: what they go on typing
   * would go elsewhere. One of a message that is gone for good goes on in the message box.
   */
  async #isWrittenOn(branch: Branch): Promise<boolean> {
    const turn = this.querySelector("parley-edit:focus-within")?.closest<HTMLElement>(".turn");
    const edited = turn?.dataset.message;
    if (!edited || this.#turns.placeOf(edited) < this.#placeOf(branch)) return false;
    if (branch.messages.some(({ id }) => id === edited)) return false;
    return (await get(`/messages/${edited}/text/`)).ok;
  }

  /** Where on this page the first of these messages stands, or is to stand. */
  #placeOf({ after, messages }: Branch): number {
    const before = this.#turns.placeOf(after);
    return before < 0 ? Math.max(this.#turns.placeOf(messages[0]?.id ?? ""), 0) : before + 1;
  }

  #take(branch: Branch): void {
    this.#isWhole = false;
    delete this.dataset.later;
    const { after, earlier, messages } = branch;
    const isElsewhere = [after, messages[0]?.id ?? ""].every((id) => this.#turns.placeOf(id) < 0);
    if (isElsewhere && this.#earlier) this.#earlier.count = earlier;
    this.#show(this.#placeOf(branch), messages);
  }

  /** Once the edit is sent or left, the page follows. */
  #left = (): void => {
    if (this.#isBehind && !this.querySelector("parley-edit:focus-within")) void this.refresh();
  };

  #show(from: number, messages: readonly MessageView[]): void {
    this.#came(this.#turns.show(from, messages));
  }

  #came(turns: readonly HTMLElement[]): void {
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
    if (this.isActing) this.#heardWhileActing.push(hint);
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
