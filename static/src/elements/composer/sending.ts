import { isFinal, type Message, type Said, sendMessage, type Taken } from "../../models/outbox";
import { isSignedOut, type Refusal } from "../../models/send";
import type { Begun } from "../../models/views";
import { t } from "../../words";
import { begin } from "../beginning";
import { type SettingsElement, type TranscriptElement, transcriptHere } from "../neighbours";
import { csrf } from "../page";
import { signal } from "../signals";
import type { ComposerBox } from "./box";
import type { ComposerChoice, Way } from "./choice";
import type { ComposerLimit } from "./limit";
import type { ComposerModels } from "./models";
import type { ComposerNote } from "./note";
import type { ComposerRow } from "./row";

const DELETED = t(
  "This conversation was deleted. Your text is kept: restore the conversation in your archive, then send it.",
);

/** What a message is made of, and what is to be said about it. */
export interface SendingParts {
  box: ComposerBox;
  row: ComposerRow;
  choice: ComposerChoice;
  limit: ComposerLimit;
  models: ComposerModels;
  note: ComposerNote;
}

/** A message on its way out of the composer, one at a time. Text leaves the box only once it was accepted. */
export class ComposerSending {
  readonly #parts: SendingParts;
  readonly #hears: { changed: () => void; drawn: () => void };
  #isUnderWay = false;
  #last: Promise<void> = Promise.resolve();

  /** `changed` hears that another text stands in the box, `drawn` that the row is to be drawn anew. */
  constructor(parts: SendingParts, hears: { changed: () => void; drawn: () => void }) {
    this.#parts = parts;
    this.#hears = hears;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Resolves once what stands in the box is not on its way. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** Sends this text as what stands in the box. */
  sendText(text: string, way: Way): void {
    const { box, choice } = this.#parts;
    const isBranch = way === "branch";
    const after = isBranch ? choice.readUpTo : this.#transcript.tip;
    this.#last = this.send({ text, clientId: box.clientId, after, isBranch });
  }

  async send(message: Message): Promise<void> {
    const { box, row, limit, models, note } = this.#parts;
    if (this.#isUnderWay || limit.isBlocking) return;
    this.#isUnderWay = true;
    this.#hears.drawn();

    // The next reply is by the model that the chip shows, and as its conversation's settings have it.
    const settings = document.querySelector("parley-settings");
    await settings?.kept();
    if (!(await models.kept())) {
      this.#isUnderWay = false;
      box.holdBack();
      return this.#hears.drawn();
    }
    const { conversation } = this.#transcript;
    const [model, { effort }] = [models.slug, row];
    const beginning = { ...settings?.fields, model };
    const around = { conversation, effort, beginning, csrf, progress: note };
    const answer = await sendMessage(message, around);

    this.#isUnderWay = false;
    if (answer.ok) {
      row.settleEffort(effort);
      this.#accepted(message, answer.body);
      const begun = answer.body.said?.begun;
      if (begun) void this.#begun(begun, settings);
    } else this.#refused(message, answer.refusal);
    this.#hears.drawn();
  }

  get #transcript(): TranscriptElement {
    return transcriptHere();
  }

  #accepted({ isBranch }: Message, { said, queue }: Taken): void {
    const { box, choice } = this.#parts;
    box.settle();
    choice.close();
    if (said?.conversation && !this.#transcript.conversation) begin(said.conversation);
    box.release();
    this.#hears.changed();
    if (queue) signal("queued", queue);
    // It waits for a reply of which this page has not heard.
    if (queue && !this.#transcript.running) void this.#transcript.refresh();
    if (said) void this.#show(said, isBranch);
    // A starter has gone with the page it stood on, the buttons of a choice with the choice.
    const { activeElement } = document;
    if (activeElement === document.body || !activeElement?.checkVisibility()) box.focusByItself();
  }

  /** What was picked or saved while the first message was on its way is the conversation's from the next one on. */
  async #begun({ model, settings }: Begun, dialog: SettingsElement | null): Promise<void> {
    const { models, note } = this.#parts;
    models.begun(model);
    const refusal = await dialog?.begun(settings);
    if (refusal) note.refuse(refusal);
  }

  #refused({ after }: Message, refusal: Refusal): void {
    const { box, choice, limit, note } = this.#parts;
    const { code, status, message } = refusal;
    box.holdBack();
    if (isFinal(refusal)) box.forgetClientId();
    if (code === "stale") choice.offer(after, message);
    if (isSignedOut(refusal)) signal("signedOut", undefined);
    else if (code === "stale" || limit.says(message)) note.pass();
    else if (code === "not_found") note.say(DELETED, "alert");
    else note.refuse(refusal);
    if (status === 409) void this.#transcript.refresh();
  }

  /** What was said where this page is not is shown as the server has it. */
  async #show({ message, reply, after }: Said, isBranch: boolean): Promise<void> {
    if (isBranch || after !== this.#transcript.tip) await this.#transcript.refresh();
    else this.#transcript.add([message, reply]);
    this.#transcript.jumpToLatest();
  }
}
