import type { Hint } from "../models/events";
import { Queue, type QueuedRow, type QueueView } from "../models/queue";
import { type Answer, get, isSignedOut, postBriefly, type Refusal } from "../models/send";
import type { Sent } from "../models/views";
import { t } from "../words";
import { keepFocus } from "./composer_row";
import { isSaidByConnection } from "./connection";
import { type QueueLine, type TranscriptElement, transcriptHere } from "./neighbours";
import { csrf } from "./page";
import { clone, part, say, sayOrHide } from "./parts";
import { focusBox } from "./reader";
import { saidIn } from "./said";
import { onSignal, signal } from "./signals";

type Act = "send" | "delete" | "edit" | "resume";
/** What any act leaves: the queue, sometimes a message on its way, sometimes a text that is taken back. */
type Left = { queue: QueueView; text?: string } & Partial<Pick<Sent, "message" | "reply">>;

/** `<parley-queue>`: what waits for the running reply to end, above the box in which it was written. */
export class QueueElement extends HTMLElement implements QueueLine {
  #queue: Queue | null = null;
  #wasRunning = false;
  /** One after the other, so that what the last one left is what stands. */
  #acts: Promise<void> = Promise.resolve();
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
    const answer = await this.#post(act, row?.dataset.row ?? "");
    this.#complain(answer.ok || isSaidByConnection(answer.refusal) ? "" : answer.refusal.message);
    if (answer.ok) this.#done(act, answer.body);
    else await this.#refused(act, row, answer.refusal);
    if (!button.isConnected || button.closest("[hidden]")) focusBox();
  }

  #post(act: Act, row: string): Promise<Answer<Left>> {
    const { conversation, running } = this.#transcript;
    const send = (url: string, fields = {}) => postBriefly<Left>(url, fields, csrf());
    if (act === "resume") return send(`/conversations/${conversation}/queue/resume/`);
    if (act === "send") return send(`/queue/${row}/send/`, running ? { seq: String(running.drawnSeq) } : {});
    return send(`/queue/${row}/delete/`);
  }

  #done(act: Act, { queue, text, message, reply }: Left): void {
    this.#queue?.take(queue);
    if (act === "edit" && text) signal("takenBack", text);
    if (!message || !reply) return;
    this.#transcript.add([message, reply]);
    this.#transcript.jumpToLatest();
  }

  /** What does not wait any more was sent, or taken away: by another tab, or by a try of ours whose answer was lost. */
  async #refused(act: Act, row: HTMLElement | null, refusal: Refusal): Promise<void> {
    if (isSignedOut(refusal)) signal("signedOut", undefined);
    await Promise.all([this.#look(), this.#transcript.refresh()]);
    const { rows = [], paused } = this.#queue?.view ?? {};
    if (paused === refusal.message) this.#complain("");
    if (!row || rows.some(({ id }) => id === row.dataset.row)) return;

    const isSaid = wasSaid(textOf(row));
    if (isSaid) this.#complain(t("This message was sent before that."));
    else if (act !== "send") this.#complain("");
    if (act === "edit" && !isSaid) signal("takenBack", textOf(row));
  }

  #complain(sentence: string): void {
    sayOrHide(part(this, "refusal"), sentence);
    this.#show();
  }

  // --- what is shown -------------------------------------------------------------------------------------

  #viewInPage(): QueueView {
    const rows = this.#rows.map((row) => ({ id: row.dataset.row ?? "", text: textOf(row) }));
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
      if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
    }
    for (const gone of standing.values()) gone.remove();

    say(part(this, "paused-text"), paused);
    part(this, "paused").hidden = !paused || rows.length === 0;
    this.#show();
    signal("waiting", undefined);
  }

  #show(): void {
    this.hidden = !this.hasRows && part(this, "refusal").hidden;
  }
}

function rowOf({ id, text }: QueuedRow): HTMLElement {
  const row = clone("queue-row-template");
  row.dataset.row = id;
  say(part(row, "text"), text);
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
