import { newClientId } from "../models/client_id";
import type { Draft } from "../models/draft";
import { type Answer, post, type Refusal } from "../models/send";
import type { Sent } from "../models/views";
import { begin } from "./beginning";
import { csrf, drafts } from "./page";
import { part, say } from "./parts";
import { onSignal } from "./signals";
import type { Transcript } from "./transcript";

const KEEP_DRAFT_AFTER_MS = 300;
const SAY_SENDING_AFTER_MS = 1000;
const BUSY = "You can send this when the reply is done.";
const OFFLINE = "You are offline. Your text is kept and nothing was sent.";

/** `<parley-composer>`: the box, its row and what is to be said about sending. Text leaves it only once accepted. */
export class Composer extends HTMLElement {
  #draft: Draft = { text: "", effort: "", clientId: "" };
  #isSending = false;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    this.#form.addEventListener("submit", this.#submit);
    this.#box.addEventListener("input", this.#typed);
    this.#box.addEventListener("keydown", this.#key);
    this.#effort?.addEventListener("change", this.#typed);
    this.addEventListener("mousedown", this.#keepFocus);
    document.addEventListener("keydown", this.#escape);
    document.addEventListener("submit", this.#starter);
    window.addEventListener("pagehide", this.#keep);
    window.addEventListener("online", this.#draw);
    window.addEventListener("offline", this.#draw);
    this.#ends = [
      onSignal("moved", this.#draw),
      onSignal("signedOut", () => this.#showSignIn()),
      onSignal("suspended", () => this.#say("Your account is suspended. Ask an administrator.", "alert")),
      onSignal("hint", ({ topic }) => topic === "money" && this.#lift()),
    ];
    this.#restore();
    this.#draw();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#escape);
    document.removeEventListener("submit", this.#starter);
    window.removeEventListener("pagehide", this.#keep);
    window.removeEventListener("online", this.#draw);
    window.removeEventListener("offline", this.#draw);
    for (const end of this.#ends) end();
  }

  get #form(): HTMLFormElement {
    return this.querySelector("form") as HTMLFormElement;
  }

  get #box(): HTMLTextAreaElement {
    return part<HTMLTextAreaElement>(this, "text");
  }

  get #effort(): HTMLSelectElement | null {
    return this.querySelector<HTMLSelectElement>("[data-part=effort]");
  }

  get #transcript(): Transcript {
    return document.querySelector("parley-transcript") as Transcript;
  }

  // --- acts ----------------------------------------------------------------------------------------------

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (event.submitter === part(this, "stop")) void this.#transcript.running?.stop();
    else void this.#send();
  };

  /** A starter is sent as if it had been typed; what stands in the box stays there for later. */
  #starter = (event: SubmitEvent): void => {
    const { submitter } = event;
    if ((event.target as Element).matches("[data-part=starters]") && submitter instanceof HTMLButtonElement) {
      event.preventDefault();
      this.#box.value = submitter.value;
      this.#typed();
      void this.#send();
    }
  };

  #key = (event: KeyboardEvent): void => {
    // While an input method composes, Enter picks its word; some browsers only tell by 229.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing || hasNoShiftKey()) return;
    event.preventDefault();
    void this.#send();
  };

  #escape = (event: KeyboardEvent): void => {
    if (
      event.key !== "Escape" ||
      event.defaultPrevented ||
      document.querySelector("dialog:modal, :popover-open")
    )
      return;
    void this.#transcript.running?.stop();
  };

  /** The buttons do not take focus from the box: on a phone the keyboard would fold away under the finger. */
  #keepFocus = (event: Event): void => {
    if ((event.target as Element).closest("button")) event.preventDefault();
  };

  async #send(): Promise<void> {
    const text = this.#box.value;
    if (this.#isSending || this.#isBlocked || !text.trim()) return;
    if (this.#transcript.running) {
      this.#say(BUSY);
      return;
    }
    this.#isSending = true;
    this.#draft.clientId ||= newClientId();
    this.#keep();
    const slow = setTimeout(() => this.#say("Sending…"), SAY_SENDING_AFTER_MS);
    this.#draw();

    const answer = await this.#post(text);

    clearTimeout(slow);
    this.#isSending = false;
    if (answer.ok) this.#accepted(text, answer.body);
    else this.#refused(answer.refusal);
    this.#draw();
  }

  #post(text: string): Promise<Answer<Sent>> {
    const { conversation, tip } = this.#transcript;
    const fields = { client_id: this.#draft.clientId, text, effort: this.#effort?.value ?? "" };
    return conversation
      ? post<Sent>(`/conversations/${conversation}/messages/`, { ...fields, after: tip }, csrf())
      : post<Sent>("/conversations/", fields, csrf());
  }

  #accepted(text: string, sent: Sent): void {
    const isFirst = !this.#transcript.conversation;
    drafts.clear(this.#transcript.conversation);
    // What was typed on while this went out stays.
    this.#box.value = this.#box.value.startsWith(text)
      ? this.#box.value.slice(text.length).trimStart()
      : this.#box.value;
    this.#say("");
    if (isFirst && sent.conversation) begin(sent.conversation);
    this.#transcript.add([sent.message, sent.reply]);
    this.#transcript.jumpToLatest();
    this.#typed();
  }

  #refused(refusal: Refusal): void {
    // The id of a text that the server has seen otherwise, or will never take, is of no more use.
    if (refusal.status >= 400 && refusal.status < 500) this.#draft.clientId = "";
    if (refusal.code === "signed_out") this.#showSignIn();
    else this.#say(refusal.message, refusal.code === "offline" ? "quiet" : "alert", refusal.id);
    if (refusal.code === "stale" || refusal.code === "busy") void this.#transcript.refresh();
  }

  // --- the draft -----------------------------------------------------------------------------------------

  #restore(): void {
    this.#draft = drafts.load(this.#transcript.conversation);
    if (!this.#draft.text || this.#box.value) return;
    this.#box.value = this.#draft.text;
    if (this.#effort && this.#draft.effort) this.#effort.value = this.#draft.effort;
  }

  #typed = (): void => {
    this.#draft = { text: this.#box.value, effort: this.#effort?.value ?? "", clientId: "" };
    if (navigator.onLine) this.#say("");
    this.#draw();
    clearTimeout(this.#keepTimer);
    this.#keepTimer = setTimeout(this.#keep, KEEP_DRAFT_AFTER_MS);
  };

  #keep = (): void => {
    clearTimeout(this.#keepTimer);
    if (!drafts.save(this.#transcript.conversation, this.#draft)) {
      this.#say("This text is too long to be kept as a draft. Send it before you leave.");
    }
  };

  // --- what is shown -------------------------------------------------------------------------------------

  get #isBlocked(): boolean {
    return this.hasAttribute("data-blocked");
  }

  #draw = (): void => {
    const isRunning = this.#transcript.running !== null;
    const send = part<HTMLButtonElement>(this, "send");
    part(this, "stop").hidden = !isRunning;
    send.hidden = isRunning;
    send.disabled = this.#isBlocked || this.#isSending || !this.#box.value.trim();

    const said = part(this, "note-text").textContent;
    if (!navigator.onLine) this.#say(OFFLINE);
    else if (said === OFFLINE || (said === BUSY && !isRunning)) this.#say("");
  };

  #say(sentence: string, kind: "quiet" | "alert" = "quiet", id = ""): void {
    const note = part(this, "note");
    note.hidden = !sentence;
    note.classList.toggle("note--alert", kind === "alert");
    say(part(note, "note-text"), sentence);
    say(part(note, "fault-id"), id);
  }

  #showSignIn(): void {
    this.#say("");
    part(this, "sign-in").hidden = false;
  }

  /** What is left has changed: a budget may have been raised. The server still decides. */
  #lift(): void {
    const limit = part(this, "limit");
    if (limit.hidden) return;
    limit.hidden = true;
    this.removeAttribute("data-blocked");
    this.#draw();
  }
}

/** Phones and tablets without a keyboard: there Enter has to break the line, since nothing else can. */
function hasNoShiftKey(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}
