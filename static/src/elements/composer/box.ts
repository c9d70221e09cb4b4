import { asTyped } from "../../models/commands";
import { joined } from "../../models/draft";
import { KeptDraft } from "../../models/kept_draft";
import { hasNoShiftKey } from "../../models/send_key";
import { aboutTokens } from "../../models/tokens";
import { drafts } from "../page";
import { part } from "../parts";
import { ComposerPastes, FOLD_FROM } from "./pastes";

const NOTHING = { typed: "", pastes: new Map<HTMLElement, string>() as ReadonlyMap<HTMLElement, string> };

interface Standing {
  typed: string;
  pastes: readonly string[];
}

/**
 * The box, the long texts folded beside it, and the draft of both. Nothing leaves it but what was accepted, or what the
 * person deletes.
 */
export class ComposerBox {
  readonly #composer: HTMLElement;
  readonly #draft: KeptDraft;
  readonly #pastes: ComposerPastes;
  /** What stood here when it was last sent. */
  #out = NOTHING;
  /** A message that waits is open here, by its id, and this stood here before. */
  #waiting = "";
  #aside: Standing = { typed: "", pastes: [] };
  readonly #changed: () => void;
  readonly #followed: (effort: string) => void;
  #isComposing = false;

  /**
   * `changed` hears of long texts that came, went or were edited; `followed` that what stands here is another tab's now,
   * with the effort that was chosen there.
   */
  constructor(
    composer: HTMLElement,
    conversation: () => string,
    hears: { overflowed: () => void; changed: () => void; followed: (effort: string) => void },
  ) {
    this.#composer = composer;
    this.#draft = new KeptDraft(drafts, () => draftOf(this.#waiting) || conversation(), hears.overflowed);
    this.#pastes = new ComposerPastes(composer, hears.changed);
    this.#changed = hears.changed;
    this.#followed = hears.followed;
  }

  listen(signal: AbortSignal): void {
    const composing = ({ type }: Event) => {
      this.#isComposing = type === "compositionstart";
    };
    for (const name of ["compositionstart", "compositionend"])
      this.#area.addEventListener(name, composing, { signal });
    this.#pastes.listen(signal);
    window.addEventListener("storage", this.#follow, { signal });
  }

  /** What is typed in the box itself. */
  get typed(): string {
    return this.#area.value;
  }

  set typed(text: string) {
    this.#area.value = text;
  }

  get hasText(): boolean {
    return this.typed.trim() !== "" || this.hasPastes;
  }

  get hasPastes(): boolean {
    return this.#pastes.texts.length > 0;
  }

  /** About how many tokens would be sent. */
  get tokens(): number {
    return aboutTokens(this.typed) + this.#pastes.tokens;
  }

  /** All of it as one message, with `typed` in place of what stands in the box: what was pasted follows it. */
  outgoing(typed: string): string {
    this.#out = { typed: this.typed, pastes: this.#pastes.standing };
    return [...(typed.trim() ? [typed] : []), ...this.#pastes.texts].join("\n\n");
  }

  /** The id under which what stands here is sent. */
  get clientId(): string {
    return this.#draft.clientId;
  }

  forgetClientId(): void {
    this.#draft.forgetClientId();
  }

  /** Puts back what was not sent; returns the effort it was to be sent with, "" for the conversation's own. */
  restore(): string {
    const { text, effort, pastes } = this.#draft.restore();
    const early = this.typed;
    if (!early) this.typed = text;
    this.#pastes.texts = pastes;
    if (early.trim() && early !== text) this.#keepEarly(early, text, effort);
    return effort;
  }

  /** Somebody wrote before this listened: the draft stands below that, and the cursor where it is. */
  #keepEarly(early: string, draft: string, effort: string): void {
    if (draft) this.#area.setRangeText(joined(early, draft), 0, early.length, "preserve");
    this.changed(effort);
  }

  /** What was written or sent in another tab is no draft of this one, unless something was written here as well. */
  #follow = (event: StorageEvent): void => {
    const draft = this.#draft.follow(event);
    if (!draft) return;
    this.typed = draft.text;
    this.#pastes.texts = draft.pastes;
    this.#followed(draft.effort);
  };

  changed(effort: string): void {
    this.#draft.change(this.typed, effort, this.#pastes.texts);
  }

  keep(): void {
    this.#draft.keep();
  }

  /** To be called before the page becomes another conversation's: the draft of this one has been accepted. */
  settle(): void {
    this.#draft.clear();
  }

  /** What was typed or pasted on while this went out stays. */
  release(): void {
    this.take(this.#out.typed);
    this.#pastes.release(this.#out.pastes);
    this.#out = NOTHING;
  }

  /** Takes this from the beginning, if it stands there still; the cursor stays in what was typed behind it. */
  take(typed: string): void {
    if (this.#isComposing) {
      this.#takeOnceComposed(typed);
      return;
    }
    const { value } = this.#area;
    if (!typed || !value.startsWith(typed)) return;
    const rest = value.slice(typed.length).trimStart();
    this.#area.setRangeText("", 0, value.length - rest.length, "preserve");
  }

  /** Another text in the box would break off the word that an input method is at. */
  #takeOnceComposed(typed: string): void {
    const take = () => {
      this.take(typed);
      this.#changed();
    };
    this.#area.addEventListener("compositionend", take, { once: true });
  }

  /** It was not taken: all of it is still to be sent. */
  holdBack(): void {
    this.#out = NOTHING;
  }

  /** Opens a message that waits, with what was made of it already, in the place of what stands here. */
  open(waiting: string, text: string): void {
    this.keep();
    this.#aside = { typed: this.typed, pastes: this.#pastes.texts };
    this.#waiting = waiting;
    const begun = this.#draft.restore();
    const isBegun = begun.text !== "" || begun.pastes.length > 0;
    const { typed, pastes } = isBegun ? { typed: begun.text, pastes: begun.pastes } : standing("", [], text);
    this.typed = typed;
    this.#pastes.texts = pastes;
  }

  /** Puts back what stood here before; what was made of that message is let go of, or stands below it (`isKept`). */
  close(isKept: boolean): void {
    const made = isKept ? { typed: this.typed, pastes: this.#pastes.texts } : { typed: "", pastes: [] };
    this.#draft.clear();
    this.#waiting = "";
    this.#draft.restore();
    const { typed, pastes } = this.#aside;
    this.typed = made.typed ? joined(typed, made.typed) : typed;
    this.#pastes.texts = [...pastes, ...made.pastes];
  }

  /** Puts a text below what stands here, or stood here before a message that waits was opened. */
  add(text: string): void {
    if (this.#waiting) {
      this.#aside = standing(this.#aside.typed, this.#aside.pastes, text);
      return;
    }
    const { typed, pastes } = standing(this.typed, this.#pastes.texts, text);
    this.typed = typed;
    this.#pastes.texts = pastes;
  }

  focus(): void {
    this.#area.focus();
  }

  /** On a phone the keyboard would cover the page before it was seen. */
  focusByItself(): void {
    if (!hasNoShiftKey()) this.focus();
  }

  get #area(): HTMLTextAreaElement {
    return part<HTMLTextAreaElement>(this.#composer, "text");
  }
}

/** What stands in the box once `text` is put there: below what is typed, or folded where it is long. */
function standing(typed: string, pastes: readonly string[], text: string): Standing {
  if (text.length >= FOLD_FROM) return { typed, pastes: [...pastes, text] };
  return { typed: typed.trim() ? joined(typed, text) : asTyped(text), pastes };
}

/** Under what the draft of an edit is kept; "" where none is open. */
function draftOf(waiting: string): string {
  return waiting && `waiting.${waiting}`;
}
