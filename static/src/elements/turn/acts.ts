import { sayAloud } from "../../aloud";
import { copyBy } from "../../copy-button";
import { Once } from "../../models/once";
import { type Answer, isSignedOut, postBriefly, type Refusal } from "../../models/send";
import type { Asked, Chosen, Restored, Retried } from "../../models/views";
import { t } from "../../words";
import { topOf } from "../eye";
import { keepPlace } from "../focus";
import type { TranscriptElement } from "../neighbours";
import { csrf } from "../page";
import { part } from "../parts";
import { focusBox } from "../reading/reader";
import { allSaid } from "../said";
import { onSignal, signal } from "../signals";
import { UndoLine } from "../undo_line";
import { Edit } from "./editing";
import { complainIn } from "./turns";
import { drawUnanswered, isUnanswered } from "./unanswered";
import { disable, lockVersions, type Step, sayVersion } from "./versions";

const DELETED = t("Deleted.");
const WRITING = t("You can switch when the reply is done.");
const UNDER_WAY = t("What you asked for before is still under way.");

/** What is done with a turn, or taken back, beside the choice of a version. */
const OTHER_ACTS = "button[form=acts]:not(.versions__step), [data-part=undo]";

/** By which model, and how hard it is to think, where that is another than the conversation's. */
type Wish = Record<string, string>;

interface How {
  fields?: Wish;
  isContinued?: boolean;
  isByKey?: boolean;
}

/** What can be done with a turn: another version chosen, a reply retried or continued, what one said edited. */
export class TurnActs {
  readonly #transcript: TranscriptElement;
  readonly #undo: UndoLine;
  readonly #once = new Once();
  #isActing = false;

  constructor(transcript: TranscriptElement) {
    this.#transcript = transcript;
    this.#undo = new UndoLine(transcript);
  }

  /** Takes acts until the returned function is called. */
  listen(): () => void {
    this.#transcript.addEventListener("submit", this.#submit);
    this.#transcript.addEventListener("click", this.#pressed);
    const ends = [
      onSignal("retryWith", ({ turn, fields }) => {
        const { message } = turn.dataset;
        const url = isUnanswered(turn) ? `/messages/${message}/ask/` : `/replies/${message}/retry/`;
        void this.#alone(() => this.#rewrite(turn, url, { fields }));
      }),
      onSignal("deleteFrom", (turn) => void this.#alone(() => this.#delete(turn))),
      this.#undo.listen((message) => void this.#alone(() => this.#restore(message))),
    ];
    return () => {
      for (const end of ends) end();
      this.#transcript.removeEventListener("submit", this.#submit);
      this.#transcript.removeEventListener("click", this.#pressed);
    };
  }

  /** One of these has been asked for and not been answered: what the page hears of it meanwhile is no news. */
  get isActing(): boolean {
    return this.#isActing;
  }

  /** Nothing of this can be done while a reply is written. */
  draw(): void {
    const isWriting = this.#transcript.running !== null;
    if (isWriting) this.#once.forget();
    this.#transcript.classList.toggle("is-writing", isWriting);
    this.#lock();
    const { tip } = this.#transcript;
    drawUnanswered(this.#transcript, this.#transcript.turnOf(tip) ?? undefined);
    this.#undo.draw();
  }

  /** What would not be taken now is seen to be so. */
  #lock(): void {
    const underWay = this.#isActing ? UNDER_WAY : "";
    lockVersions(this.#transcript, this.#transcript.running === null ? underWay : WRITING);
    for (const button of this.#transcript.querySelectorAll<HTMLButtonElement>(OTHER_ACTS)) {
      button.title = underWay;
      disable(button, this.#isActing);
    }
  }

  /** Goes on with edits that were begun before the page was left. */
  restore(turns: readonly HTMLElement[]): void {
    for (const turn of turns) if (Edit.isBegunOn(turn)) this.#open(turn);
  }

  #submit = (event: SubmitEvent): void => {
    const button = event.submitter;
    if ((event.target as HTMLElement).id !== "acts" || !(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const turn = button.closest<HTMLElement>(".turn");
    if (turn && (this.#isActing || button.ariaDisabled !== "true")) void this.#act(turn, button);
  };

  async #act(turn: HTMLElement, button: HTMLButtonElement): Promise<void> {
    const act = button.dataset.part ?? "";
    const how = { isContinued: act === "continue", isByKey: button.matches(":focus-visible") };
    await this.#alone(async () => {
      if (act === "previous" || act === "next") await this.#choose(turn, button, act);
      else await this.#rewrite(turn, button.formAction, how);
    });
  }

  /** One act at a time; what is heard meanwhile waits. Another one is not begun, which is said. */
  async #alone(act: () => Promise<void>): Promise<void> {
    if (this.#isActing) return sayAloud(UNDER_WAY);
    this.#isActing = true;
    this.#lock();
    try {
      await act();
    } finally {
      this.#isActing = false;
      this.#lock();
      this.#transcript.catchUp();
    }
  }

  async #choose(turn: HTMLElement, button: HTMLButtonElement, step: Step): Promise<void> {
    const answer = await postBriefly<Chosen>(button.formAction, {}, csrf());
    if (!this.#isTaken(turn, answer)) return;
    const { replaces, messages } = answer.body;
    const [chosen] = messages;
    if (!chosen) return;
    this.#transcript.replace(replaces, messages, "switcher");
    const shown = this.#transcript.turnOf(chosen.id);
    if (shown) part(shown, step).focus({ preventScroll: true });
    sayAloud(sayVersion(chosen));
  }

  async #rewrite(turn: HTMLElement, url: string, { fields, isContinued, isByKey }: How): Promise<void> {
    const composer = document.querySelector("parley-composer");
    if (!fields && composer && !(await composer.modelKept())) return;
    const effort = isContinued ? "" : composer?.wishedEffort;
    const wish = fields ?? (effort ? { effort } : {});
    const answer = await this.#once.post<Retried | Asked>(url, wish, csrf());
    if (!this.#isTaken(turn, answer)) return;
    const { body } = answer;
    if ("after" in body) {
      this.#transcript.follow(body.after, [body.reply]);
      this.#transcript.jumpToLatest();
    } else this.#transcript.replace(body.replaces, [body.reply], isContinued ? "text" : "end");
    // The button is gone, and with it the place of whoever moves by keys.
    if (isByKey) focusBox();
  }

  async #delete(turn: HTMLElement): Promise<void> {
    const answer = await postBriefly<Chosen>(`/messages/${turn.dataset.message}/delete/`, {}, csrf());
    if (!this.#isTaken(turn, answer)) return;
    this.#transcript.replace(answer.body.replaces, answer.body.messages, "end");
    sayAloud(DELETED);
    this.#undo.offer(turn.dataset.message ?? "");
    this.#transcript.jumpToLatest();
  }

  async #restore(message: string): Promise<void> {
    const answer = await postBriefly<Restored>(`/messages/${message}/restore/`, {}, csrf());
    if (!answer.ok) {
      this.#undo.say(answer.refusal.message);
      this.#refused(answer.refusal);
      return;
    }
    const { after, messages } = answer.body;
    // What comes back stands where the line stood.
    const eye = () => this.#transcript.turnOf(message)?.getBoundingClientRect().top ?? this.#undo.top;
    this.#transcript.keep(eye, () => this.#transcript.follow(after, messages));
    keepPlace(this.#transcript.turnOf(message)?.querySelector("[data-part=more]"));
  }

  #isTaken<T>(turn: HTMLElement, answer: Answer<T>): answer is { ok: true; body: T } {
    if (answer.ok) return true;
    const { refusal } = answer;
    complainIn(turn, refusal.message, refusal.id);
    this.#refused(refusal);
    return false;
  }

  /** What cannot be done as things stand has to do with what was done elsewhere. */
  #refused(refusal: Refusal): void {
    if (refusal.code === "busy" || refusal.code === "answered") void this.#transcript.refresh();
    if (isSignedOut(refusal)) signal("signedOut", undefined);
  }

  #pressed = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>("button");
    const turn = button?.closest<HTMLElement>(".turn--said");
    if (!button || !turn) return;
    if (button.dataset.part === "edit") this.#edit(turn);
    if (button.dataset.part === "copy") void this.#copy(turn, button);
  };

  #edit(turn: HTMLElement): void {
    this.#transcript.keep(topOf(turn), () => this.#open(turn).focusText());
    this.#open(turn).show();
  }

  async #copy(turn: HTMLElement, button: HTMLElement): Promise<void> {
    const answer = await allSaid(turn);
    if (answer.ok) await copyBy(button, answer.body.text);
    else complainIn(turn, answer.refusal.message, answer.refusal.id);
  }

  #open(turn: HTMLElement): Edit {
    return Edit.open(turn, this.#transcript, ({ replaces, message, reply }) => {
      this.#transcript.replace(replaces, [message, reply], "end");
    });
  }
}
