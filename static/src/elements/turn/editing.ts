import { KeptDraft } from "../../models/kept_draft";
import { isFinal } from "../../models/outbox";
import { type Progress, postPatiently } from "../../models/patient_post";
import { get, isSignedOut, post, type Refusal } from "../../models/send";
import { hasNoShiftKey, isForInputMethod, isSendKey } from "../../models/send_key";
import type { Edited } from "../../models/views";
import { t } from "../../words";
import { HANGING } from "../composer/note";
import { isSaidByConnection } from "../connection";
import { topOf } from "../eye";
import type { TranscriptElement } from "../neighbours";
import { csrf, drafts } from "../page";
import { clone, part, say, sayNote, sayOrHide } from "../parts";
import { focusBox } from "../reading/reader";
import { allSaid, saidIn, wholeIn } from "../said";
import { onSignal, signal } from "../signals";

const KEPT = t("Sends as a new version; the earlier one is kept.");
const BUSY = t("You can send this when the reply is done.");
const SENDING = t("Sending…");
const TOO_LONG = t("This text is too long to be kept as a draft. Send it before you leave.");

type Sent = (edited: Edited) => void;

/** `<parley-edit>`: what a person said, open for another version of it. Its text leaves only once accepted. */
export class Edit extends HTMLElement implements Progress {
  readonly #draft = new KeptDraft(
    drafts,
    () => draftOf(this.#turn),
    () => say(part(this, "hint"), TOO_LONG),
  );
  /** It outlives its place in the turn. */
  #turn = this as HTMLElement;
  #transcript: TranscriptElement | null = null;
  #sent: Sent = () => undefined;
  #isSending = false;
  #tryAgain: (() => void) | null = null;
  #ends: (() => void)[] = [];

  /** Whether an edit of this turn was begun and neither sent nor given up. */
  static isBegunOn(turn: HTMLElement): boolean {
    return turn.classList.contains("turn--said") && drafts.load(draftOf(turn)).text !== "";
  }

  /** Opens a turn in its place; `sent` hears of the new version. */
  static open(turn: HTMLElement, transcript: TranscriptElement, sent: Sent): Edit {
    const standing = turn.querySelector<Edit>("parley-edit");
    if (standing) return standing;
    const edit = clone("edit-template") as Edit;
    edit.#transcript = transcript;
    edit.#sent = sent;
    part(turn, "said").after(edit);
    return edit;
  }

  connectedCallback(): void {
    this.#turn = this.closest(".turn") as HTMLElement;
    this.#turn.classList.add("is-edited");
    this.#box.value = this.#draft.restore().text || saidIn(this.#turn);
    void this.#fetchWhole();
    this.#form.addEventListener("submit", this.#submit);
    this.#box.addEventListener("input", this.#typed);
    this.#box.addEventListener("keydown", this.#key);
    part(this, "cancel").addEventListener("click", this.#cancel);
    window.addEventListener("pagehide", this.#keep);
    this.#ends = [
      onSignal("moved", this.#draw),
      onSignal("signedIn", () => this.#tryAgain === null && this.#complain("")),
      () => window.removeEventListener("pagehide", this.#keep),
    ];
    this.#draw();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
    void this.#handOver();
  }

  /** Its turn went: with a branch one can come back to, where the draft waits, or for good. Then its text goes on. */
  async #handOver(): Promise<void> {
    this.#draft.keep();
    const { text } = this.#draft.restore();
    if (!text) return;
    const answer = await get<{ text: string }>(`/messages/${this.#turn.dataset.message}/text/`);
    if (answer.ok || answer.refusal.code !== "not_found") return;
    this.#draft.clear();
    signal("editOutlived", text);
  }

  /** What stands in the conversation may be the beginning only; until all of it is here nothing can be sent. */
  async #fetchWhole(): Promise<void> {
    if (!wholeIn(this.#turn) || this.#draft.restore().text) return;
    this.#isSending = true;
    this.#draw();
    const answer = await allSaid(this.#turn);
    if (answer.ok) {
      this.#box.value = answer.body.text;
      this.#isSending = false;
    } else this.#complain(answer.refusal.message, answer.refusal.id);
    this.#draw();
  }

  slow(): void {
    say(part(this, "hint"), SENDING);
  }

  /** From now on Send tries again. */
  hanging(tryAgain: () => void): void {
    this.#complain(HANGING);
    this.#tryAgain = tryAgain;
    this.#draw();
  }

  /** Puts the cursor at the end of the text. */
  focusText(): void {
    this.#box.focus({ preventScroll: true });
    this.#box.setSelectionRange(this.#box.value.length, this.#box.value.length);
  }

  /** Brings the whole of it into view. */
  show(): void {
    this.scrollIntoView({ block: "nearest" });
  }

  get #form(): HTMLFormElement {
    return this.querySelector("form") as HTMLFormElement;
  }

  get #box(): HTMLTextAreaElement {
    return part<HTMLTextAreaElement>(this, "edited");
  }

  get #canSend(): boolean {
    const isFree = !this.#isSending || this.#tryAgain !== null;
    return isFree && this.#transcript?.running === null && this.#box.value.trim() !== "";
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#sendIfReady();
  };

  #key = (event: KeyboardEvent): void => {
    if (isForInputMethod(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#cancel();
    } else if (isSendKey(event) || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      this.#sendIfReady();
    }
  };

  #sendIfReady(): void {
    if (!this.#canSend) return;
    const tryAgain = this.#tryAgain;
    this.#complain("");
    if (tryAgain) tryAgain();
    else void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    this.#draw();
    const composer = document.querySelector("parley-composer");
    if (composer && !(await composer.modelKept())) {
      this.#isSending = false;
      return this.#draw();
    }
    const effort = composer?.querySelector<HTMLSelectElement>("[data-part=effort]")?.value ?? "";
    const fields = { client_id: this.#draft.clientId, text: this.#box.value, effort };
    const { message = "" } = this.#turn.dataset;
    const url = `/messages/${message}/edit/`;
    const answer = await postPatiently((signal) => post<Edited>(url, fields, csrf(), signal), this);
    this.#isSending = false;
    this.#complain("");
    this.#draw();
    if (!answer.ok) return this.#refused(answer.refusal);

    this.#draft.clear();
    this.#sent(answer.body);
    if (!hasNoShiftKey()) focusBox();
  }

  #refused(refusal: Refusal): void {
    const { code, message, id } = refusal;
    if (isFinal(refusal)) this.#draft.forgetClientId();
    if (!isSaidByConnection(refusal)) this.#complain(message, id);
    if (code === "busy") void this.#transcript?.refresh();
    if (isSignedOut(refusal)) signal("signedOut", undefined);
  }

  #complain(sentence: string, id = ""): void {
    this.#tryAgain = null;
    sayNote(part(this, "edit-note"), sentence, "alert", id);
  }

  #typed = (): void => {
    this.#draft.change(this.#box.value, "");
    this.#complain("");
    this.#draw();
    // The dock covers the foot of the page, of which the browser knows nothing when it follows the cursor.
    this.show();
  };

  #keep = (): void => this.#draft.keep();

  #cancel = (): void => {
    const turn = this.#turn;
    this.#draft.clear();
    this.#transcript?.keep(topOf(turn), () => {
      this.remove();
      turn.classList.remove("is-edited");
    });
    part(turn, "edit").focus({ preventScroll: true });
  };

  #draw = (): void => {
    const isWriting = this.#transcript?.running !== null;
    sayOrHide(part(this, "hint"), isWriting ? BUSY : KEPT);
    this.#box.readOnly = this.#isSending;
    part<HTMLButtonElement>(this, "send").disabled = !this.#canSend;
  };
}

function draftOf(turn: HTMLElement): string {
  return `edit.${turn.dataset.message}`;
}
