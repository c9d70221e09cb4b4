import { newClientId } from "../models/client_id";
import { KeptDraft } from "../models/kept_draft";
import { type Answer, post, type Refusal } from "../models/send";
import { hasNoShiftKey, isSendKey } from "../models/send_key";
import type { Sent } from "../models/views";
import { begin } from "./beginning";
import { BUSY, ComposerNote } from "./composer_note";
import { ComposerRow, keepFocus } from "./composer_row";
import { csrf, drafts } from "./page";
import { part } from "./parts";
import { onSignal } from "./signals";
import type { Transcript } from "./transcript";

const SAY_SENDING_AFTER_MS = 1000;

/** `<parley-composer>`: the box, its row and what is to be said about sending. Text leaves it only once accepted. */
export class Composer extends HTMLElement {
  readonly #note = new ComposerNote(this);
  readonly #row = new ComposerRow(this);
  readonly #draft = new KeptDraft(
    drafts,
    () => this.#transcript.conversation,
    () => this.#note.say("This text is too long to be kept as a draft. Send it before you leave."),
  );
  #isSending = false;
  /** Signed out or suspended: the page hears of nothing any more, not even of a reply's end. */
  #isBarred = false;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    this.#form.addEventListener("submit", this.#submit);
    this.#form.addEventListener("input", this.#typed);
    this.#box.addEventListener("keydown", this.#key);
    this.addEventListener("mousedown", keepFocus);
    const beyond = new AbortController();
    const { signal } = beyond;
    document.addEventListener("keydown", this.#escape, { signal });
    document.addEventListener("submit", this.#starter, { signal });
    window.addEventListener("pagehide", this.#keep, { signal });
    window.addEventListener("online", this.#draw, { signal });
    window.addEventListener("offline", this.#draw, { signal });
    this.#ends = [
      () => beyond.abort(),
      onSignal("moved", this.#draw),
      onSignal("signedOut", () => this.#bar(() => this.#note.signedOut())),
      onSignal("suspended", () => this.#bar(() => this.#note.suspended())),
      onSignal("crowded", (isCrowded) => this.#note.crowded(isCrowded)),
      onSignal("hint", ({ topic }) => topic === "money" && this.#lift()),
    ];
    this.#restore();
    this.#draw();
    // On a phone the keyboard would cover the page before it was seen.
    if (!this.#transcript.conversation && !hasNoShiftKey()) this.#box.focus();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
  }

  get #form(): HTMLFormElement {
    return this.querySelector("form") as HTMLFormElement;
  }

  get #box(): HTMLTextAreaElement {
    return part<HTMLTextAreaElement>(this, "text");
  }

  get #transcript(): Transcript {
    return document.querySelector("parley-transcript") as Transcript;
  }

  // --- acts ----------------------------------------------------------------------------------------------

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.#row.isStop(event.submitter)) void this.#transcript.running?.stop();
    else this.#sendBox();
  };

  /** A starter is sent at once; what stands in the box stays there. */
  #starter = (event: SubmitEvent): void => {
    const { submitter } = event;
    if (!(event.target as Element).matches("[data-part=starters]")) return;
    event.preventDefault();
    if (submitter instanceof HTMLButtonElement) void this.#send(submitter.value, newClientId());
  };

  #key = (event: KeyboardEvent): void => {
    if (!isSendKey(event)) return;
    event.preventDefault();
    this.#sendBox();
  };

  #escape = (event: KeyboardEvent): void => {
    const isForAnother = event.defaultPrevented || document.querySelector("dialog:modal, :popover-open");
    if (event.key === "Escape" && !isForAnother) void this.#transcript.running?.stop();
  };

  #sendBox(): void {
    const text = this.#box.value;
    if (!text.trim()) return;
    if (this.#isRunning) this.#note.say(BUSY);
    else void this.#send(text, this.#draft.clientId);
  }

  async #send(text: string, clientId: string): Promise<void> {
    if (this.#isSending || this.#isBlocked) return;
    this.#isSending = true;
    const slow = setTimeout(() => this.#note.say("Sending…"), SAY_SENDING_AFTER_MS);
    this.#draw();

    const answer = await this.#post(text, clientId);

    clearTimeout(slow);
    this.#isSending = false;
    if (answer.ok) this.#accepted(text, answer.body);
    else this.#refused(answer.refusal);
    this.#draw();
  }

  #post(text: string, clientId: string): Promise<Answer<Sent>> {
    const { conversation, tip } = this.#transcript;
    const fields = { client_id: clientId, text, effort: this.#row.effort };
    return conversation
      ? post<Sent>(`/conversations/${conversation}/messages/`, { ...fields, after: tip }, csrf())
      : post<Sent>("/conversations/", fields, csrf());
  }

  #accepted(text: string, sent: Sent): void {
    const isFirst = !this.#transcript.conversation;
    this.#draft.clear();
    if (isFirst && sent.conversation) begin(sent.conversation);
    this.#transcript.add([sent.message, sent.reply]);
    this.#transcript.jumpToLatest();

    // What was typed on while this went out stays.
    const { value } = this.#box;
    this.#box.value = value.startsWith(text) ? value.slice(text.length).trimStart() : value;
    this.#typed();
    // A starter has gone with the page it stood on.
    if (document.activeElement === document.body && !hasNoShiftKey()) this.#box.focus();
  }

  #refused(refusal: Refusal): void {
    // The id of a text that the server has seen otherwise, or will never take, is of no more use.
    if (refusal.status >= 400 && refusal.status < 500) this.#draft.forgetClientId();
    this.#note.refuse(refusal);
    if (refusal.code === "stale" || refusal.code === "busy") void this.#transcript.refresh();
  }

  // --- what is shown -------------------------------------------------------------------------------------

  #restore(): void {
    const { text, effort } = this.#draft.restore();
    if (!text || this.#box.value) return;
    this.#box.value = text;
    this.#row.effort = effort;
  }

  #typed = (): void => {
    this.#lift();
    this.#draft.change(this.#box.value, this.#row.effort);
    this.#note.pass();
    this.#draw();
  };

  #keep = (): void => this.#draft.keep();

  get #isBlocked(): boolean {
    return this.hasAttribute("data-blocked");
  }

  /** A reply that cannot be followed is nothing to wait for: the server says how things stand. */
  get #isRunning(): boolean {
    return this.#transcript.running !== null && !this.#isBarred;
  }

  #bar(explain: () => void): void {
    this.#isBarred = true;
    this.#draw();
    explain();
  }

  #draw = (): void => {
    const isRunning = this.#isRunning;
    const canSend = !this.#isBlocked && !this.#isSending && this.#box.value.trim() !== "";
    this.#row.draw({ isRunning, canSend });
    this.#note.keepUp(navigator.onLine, isRunning);
  };

  /** What is left may have changed: a reply was settled, a budget raised, a month begun. The server decides. */
  #lift(): void {
    const limit = part(this, "limit");
    if (limit.hidden) return;
    limit.hidden = true;
    this.removeAttribute("data-blocked");
    this.#draw();
  }
}
