import type { Hint } from "../../models/events";
import { Queue, type QueuedRow, type QueueView } from "../../models/queue";
import { type Answer, get, isSignedOut, postBriefly, type Refusal } from "../../models/send";
import type { Sent } from "../../models/views";
import { t } from "../../words";
import { isSaidByConnection } from "../connection";
import { type EditEnd, type QueueLine, type TranscriptElement, transcriptHere } from "../neighbours";
import { csrf } from "../page";
import { clone, part, say, sayOrHide } from "../parts";
import { focusBox } from "../reading/reader";
import { saidIn } from "../said";
import { onSignal, signal } from "../signals";
import { keepFocus } from "./row";

type Act = "send" | "delete" | "edit" | "resume";
/** What any act leaves: the queue, sometimes a message on its way, sometimes a text that is to be edited. */
type Left = { queue: QueueView; text?: string } & Partial<Pick<Sent, "message" | "reply">>;

/** `<parley-queue>`: what waits for the running reply to end, above the box in which it was written. */
export class QueueElement extends HTMLElement implements QueueLine {
  #queue: Queue | null = null;
  #wasRunning = false;
  /** One after the other, so that what the last one left is what stands. */
  #acts: Promise<void> = Promise.resolve();
  /** What is being edited in the box of this page. */
  #edited = "";
  readonly #busy = new Set<Element>();
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    this.#queue = new Queue(this.#viewInPage(), this.#fetch, () => this.#draw());
    this.addEventListener("submit", this.#act);
    this.addEventListener("mousedown", keepFocus);
    this.#ends = [
      onSignal("hint", (hint) => this.#heard(hint)),
      onSignal("joined", () => void this.#look()),
      onSignal("returned", () => void this.#look()),
      onSignal("queued", (view) => this.#queue?.take(view)),
      onSignal("moved", () => this.#moved()),
    ];
    this.#wasRunning = this.#transcript.running !== null;
    for (const row of this.#rows) describe(row);
  }

  disconnectedCallback(): void {
    this.removeEventListener("submit", this.#act);
    this.removeEventListener("mousedown", keepFocus);
    for (const end of this.#ends) end();
  }

  get hasRows(): boolean {
    return this.#rows.length > 0;
  }

  get #transcript(): TranscriptElement {
    return transcriptHere();
  }

  get #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-row]")];
  }

  #fetch = async (): Promise<QueueView | null> => {
    const answer = await get<QueueView>(`/conversations/${this.#transcript.conversation}/queue/`);
    return answer.ok ? answer.body : null;
  };

  async #look(): Promise<void> {
    if (this.#transcript.conversation) await this.#queue?.look();
  }

  #heard({ topic, id }: Hint): void {
    if (topic === "queue" && id === this.#transcript.conversation) void this.#look();
  }

  /** The reply they waited for is over, and the next has begun: no hint is needed to know that. */
  #moved(): void {
    const isRunning = this.#transcript.running !== null;
    const hasEnded = this.#wasRunning && !isRunning;
    this.#wasRunning = isRunning;
    if (!hasEnded || !this.#queue?.isMoving) return;
    void this.#look();
    void this.#transcript.refresh();
  }

  // --- acts ----------------------------------------------------------------------------------------------

  #act = (event: SubmitEvent): void => {
    event.preventDefault();
    const button = event.submitter;
    const form = event.target as Element;
    if (!button || this.#busy.has(form)) return;
    this.#busy.add(form);
    this.#acts = this.#acts.then(() => this.#perform(button)).finally(() => this.#busy.delete(form));
  };

  async #perform(button: HTMLElement): Promise<void> {
    const act = button.dataset.act as Act;
    const row = button.closest<HTMLElement>("[data-row]");
    const id = row?.dataset.row ?? "";
    const answer = await this.#post(act, id);
    this.#complain(answer.ok || isSaidByConnection(answer.refusal) ? "" : answer.refusal.message);
    if (answer.ok) {
      if (act === "edit") this.#open(id, answer.body.text ?? "");
      this.#done(answer.body);
    } else await this.#refused(act, row, answer.refusal);
    if (!button.isConnected || button.closest("[hidden]")) focusBox();
  }

  finishEdit(row: string, text: string | null): Promise<EditEnd> {
    const finished = this.#acts.then(() => this.#finish(row, text));
    this.#acts = finished.then(() => undefined);
    return finished;
  }

  async #finish(row: string, text: string | null): Promise<EditEnd> {
    const act = text === null ? "leave" : "save";
    const answer = await send(`/queue/${row}/${act}/`, text === null ? {} : { text });
    this.#complain(answer.ok || isSaidByConnection(answer.refusal) ? "" : answer.refusal.message);
    if (!answer.ok) {
      await this.#lookAnew(answer.refusal);
      if (this.#waits(row) || ![404, 409].includes(answer.refusal.status)) return "refused";
    }
    this.#edited = "";
    if (answer.ok) this.#done(answer.body);
    else return this.#gone(text);
    return "over";
  }

  /** It was sent or deleted elsewhere, or it was saved and sent by a try of ours whose answer was lost. */
  #gone(text: string | null): EditEnd {
    const isLost = text !== null && !wasSaid(text);
    this.#complain(
      isLost ? t("This message does not wait any more. What you made of it is in the box.") : "",
    );
    this.#draw();
    return isLost ? "gone" : "over";
  }

  #post(act: Act, row: string): Promise<Answer<Left>> {
    const { conversation, running } = this.#transcript;
    if (act === "resume") return send(`/conversations/${conversation}/queue/resume/`);
    if (act === "send") return send(`/queue/${row}/send/`, running ? { seq: String(running.drawnSeq) } : {});
    return send(`/queue/${row}/${act}/`);
  }

  #open(row: string, text: string): void {
    this.#edited = row;
    signal("editWaiting", { id: row, text });
  }

  #done({ queue, message, reply }: Left): void {
    this.#queue?.take(queue);
    if (!message || !reply) return;
    this.#transcript.add([message, reply]);
    this.#transcript.jumpToLatest();
  }

  /** What does not wait any more was sent, or taken away: by another tab, or by a try of ours whose answer was lost. */
  async #refused(act: Act, row: HTMLElement | null, refusal: Refusal): Promise<void> {
    await this.#lookAnew(refusal);
    if (this.#queue?.view.paused === refusal.message) this.#complain("");
    if (!row || this.#waits(row.dataset.row ?? "")) return;

    if (wasSaid(textOf(row))) this.#complain(t("This message was sent before that."));
    else if (act !== "send") this.#complain("");
  }

  async #lookAnew(refusal: Refusal): Promise<void> {
    if (isSignedOut(refusal)) signal("signedOut", undefined);
    await Promise.all([this.#look(), this.#transcript.refresh()]);
  }

  #waits(row: string): boolean {
    return this.#queue?.view.rows.some(({ id }) => id === row) ?? false;
  }

  #complain(sentence: string): void {
    sayOrHide(part(this, "refusal"), sentence);
    this.#show();
  }

  // --- what is shown -------------------------------------------------------------------------------------

  #viewInPage(): QueueView {
    const rows = this.#rows.map((row) => ({
      id: row.dataset.row ?? "",
      text: textOf(row),
      is_being_edited: !part(row, "edited").hidden,
    }));
    return {
      conversation: this.#transcript.conversation,
      rows,
      paused: part(this, "paused-text").textContent ?? "",
    };
  }

  /** Rows that stay are the same elements still, with whatever has focus in them. */
  #draw(): void {
    const { rows, paused } = this.#queue?.view ?? { rows: [], paused: "" };
    const list = part(this, "rows");
    const standing = new Map(this.#rows.map((row) => [row.dataset.row, row]));
    for (const [place, row] of rows.entries()) {
      const element = standing.get(row.id) ?? rowOf(row);
      standing.delete(row.id);
      this.#drawRow(element, row);
      if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
    }
    for (const gone of standing.values()) gone.remove();

    say(part(this, "paused-text"), paused);
    part(this, "paused").hidden = !paused || rows.length === 0;
    this.#show();
    signal("waiting", undefined);
  }

  /** A message that stands in the box is saved or left there. */
  #drawRow(element: HTMLElement, { id, text, is_being_edited }: QueuedRow): void {
    if (textOf(element) !== text) say(part(element, "text"), text);
    part(element, "edited").hidden = !is_being_edited;
    element.querySelector("form")?.toggleAttribute("hidden", id === this.#edited);
    element.querySelector("[data-act=edit]")?.toggleAttribute("hidden", this.#edited !== "");
  }

  #show(): void {
    this.hidden = !this.hasRows && part(this, "refusal").hidden;
  }
}

function send(url: string, fields: Record<string, string> = {}): Promise<Answer<Left>> {
  return postBriefly<Left>(url, fields, csrf());
}

function rowOf({ id }: QueuedRow): HTMLElement {
  const row = clone("queue-row-template");
  row.dataset.row = id;
  describe(row);
  return row;
}

/** Several buttons have the same name: which message each is about is told with it. */
function describe(row: HTMLElement): void {
  const text = part(row, "text");
  text.id = `queued-${row.dataset.row}`;
  for (const button of row.querySelectorAll("button")) button.setAttribute("aria-describedby", text.id);
}

function textOf(row: HTMLElement): string {
  return part(row, "text").textContent ?? "";
}

function wasSaid(text: string): boolean {
  return [...document.querySelectorAll(".turn--said")].some((turn) => saidIn(turn) === text);
}
