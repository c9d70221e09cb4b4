import { readText } from "../models/commands";
import { isFinal, type Message, type Said, sendMessage, type Taken } from "../models/outbox";
import { isSignedOut, type Refusal } from "../models/send";
import { isSendKey } from "../models/send_key";
import { t } from "../words";
import { begin } from "./beginning";
import { ComposerActs } from "./composer_acts";
import { ComposerBox } from "./composer_box";
import { ComposerChoice, type Way } from "./composer_choice";
import { ComposerCommands } from "./composer_commands";
import { ComposerLimit } from "./composer_limit";
import { ComposerModels } from "./composer_models";
import { ComposerNote } from "./composer_note";
import { ComposerRecall } from "./composer_recall";
import { ComposerRow, keepFocus } from "./composer_row";
import type { ConversationSettings } from "./conversation_settings";
import { csrf } from "./page";
import { part } from "./parts";
import type { QueueElement } from "./queue";
import { onSignal, signal } from "./signals";
import { Starters } from "./starters";
import type { Transcript } from "./transcript";

/** `<parley-composer>`: the box, its row and what is to be said about sending. Text leaves it only once accepted. */
export class Composer extends HTMLElement {
  readonly #note = new ComposerNote(this);
  readonly #row = new ComposerRow(this);
  readonly #choice = new ComposerChoice(this);
  readonly #limit = new ComposerLimit(this);
  readonly #box = new ComposerBox(this, () => this.#transcript.conversation, {
    overflowed: () =>
      this.#note.say(t("This text is too long to be kept as a draft. Send it before you leave.")),
    changed: () => this.#typed(),
  });
  readonly #models = new ComposerModels(
    this,
    () => this.#transcript.conversation,
    (refusal) => this.#note.refuse(refusal),
  );
  readonly #acts = new ComposerActs(this.#models, this.#row, this.#box, this.#note, () => this.#typed());
  readonly #commands = new ComposerCommands(this, (name) => void this.#acts.run(name));
  readonly #recall = new ComposerRecall(this);
  readonly #starters = new Starters(
    (text, clientId) => void this.#send({ text, clientId, after: "", isBranch: false }),
  );
  #isSending = false;
  /** Signed out or suspended: the page hears of nothing any more, not even of a reply's end. */
  #isBarred = false;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    const beyond = new AbortController();
    const { signal } = beyond;
    this.addEventListener("submit", this.#submit, { signal });
    this.addEventListener("input", this.#typed, { signal });
    this.addEventListener("keydown", this.#key, { signal });
    this.addEventListener("click", this.#pressed, { signal });
    this.addEventListener("mousedown", keepFocus, { signal });
    document.addEventListener("keydown", this.#escape, { signal });
    this.#starters.listen(signal);
    this.#models.listen(signal);
    this.#box.listen(signal);
    this.#commands.listen(signal);
    window.addEventListener("pagehide", () => this.#box.keep(), { signal });
    this.#ends = [
      () => beyond.abort(),
      onSignal("moved", this.#draw),
      onSignal("waiting", this.#draw),
      onSignal("takenBack", (text) => this.#takeBack(text)),
      onSignal("signedOut", () => this.#bar(true)),
      onSignal("suspended", () => this.#bar(true)),
      onSignal("signedIn", () => this.#welcomeBack()),
      ...this.#note.listen(),
      onSignal("money", ({ limit }) => this.#limited(limit)),
    ];
    this.#row.effort = this.#box.restore();
    this.#draw();
    if (!this.#transcript.conversation) this.#box.focusByItself();
  }

  disconnectedCallback(): void {
    for (const end of this.#ends) end();
  }

  get #transcript(): Transcript {
    return document.querySelector("parley-transcript") as Transcript;
  }

  /** Resolves once replies are by the model that the chip shows; false where that could not be, which is said here. */
  modelKept(): Promise<boolean> {
    return this.#models.kept();
  }

  // --- acts ----------------------------------------------------------------------------------------------

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (this.#row.isStop(event.submitter)) void this.#transcript.running?.stop();
    else this.#sendBox();
  };

  #pressed = (event: Event): void => {
    const button = (event.target as Element).closest("button");
    const way = this.#choice.chosenBy(button);
    if (button === part(this, "send-as-text")) this.#sendAs("latest", true);
    else if (!this.#note.triesAgain(button) && way) this.#sendAs(way);
  };

  #key = (event: KeyboardEvent): void => {
    if (event.target !== part(this, "text") || this.#commands.takes(event)) return;
    if (this.#recall.takes(event)) this.#typed();
    else if (isSendKey(event)) {
      event.preventDefault();
      this.#sendBox();
    }
  };

  #escape = (event: KeyboardEvent): void => {
    const isForAnother = event.defaultPrevented || document.querySelector("dialog:modal, :popover-open");
    if (event.key === "Escape" && !isForAnother) void this.#transcript.running?.stop();
  };

  #sendBox(): void {
    if (this.#choice.isOpen) this.#choice.focus();
    else this.#sendAs("latest");
  }

  #sendAs(way: Way, isText = false): void {
    if (!this.#box.hasText || this.#isSending) return;
    const { typed, hasPastes } = this.#box;
    const reading = this.#commands.read(typed);
    if (isText) this.#sendText(this.#box.outgoing(typed), way);
    // What stands above a long text is said of it.
    else if (hasPastes || reading.kind === "text") this.#sendText(this.#box.outgoing(readText(typed)), way);
    else if (reading.kind === "command") void this.#acts.run(reading.name, reading.argument);
    else this.#commands.ask(reading.name);
  }

  #sendText(text: string, way: Way): void {
    const { clientId } = this.#box;
    const isBranch = way === "branch";
    const after = isBranch ? this.#choice.readUpTo : this.#transcript.tip;
    void this.#send({ text, clientId, after, isBranch });
  }

  async #send(message: Message): Promise<void> {
    if (this.#isSending || this.#limit.isBlocking) return;
    this.#isSending = true;
    this.#draw();

    // The next reply is by the model that the chip shows.
    if (!(await this.#models.kept())) {
      this.#isSending = false;
      this.#box.holdBack();
      return this.#draw();
    }
    const { conversation } = this.#transcript;
    const settings = document.querySelector<ConversationSettings>("parley-settings")?.fields;
    const [model, { effort }] = [this.#models.slug, this.#row];
    const beginning = { ...settings, model };
    const around = { conversation, effort, beginning, csrf, progress: this.#note };
    const answer = await sendMessage(message, around);

    this.#isSending = false;
    if (answer.ok) {
      this.#row.settleEffort(effort);
      this.#accepted(message, answer.body);
      if (!conversation) this.#models.begun(model);
    } else this.#refused(message, answer.refusal);
    this.#draw();
  }

  #accepted({ isBranch }: Message, { said, queue }: Taken): void {
    this.#box.settle();
    this.#choice.close();
    if (said?.conversation && !this.#transcript.conversation) begin(said.conversation);
    this.#box.release();
    this.#typed();
    if (queue) signal("queued", queue);
    // It waits for a reply of which this page has not heard.
    if (queue && !this.#transcript.running) void this.#transcript.refresh();
    if (said) void this.#show(said, isBranch);
    // A starter has gone with the page it stood on, the buttons of a choice with the choice.
    const { activeElement } = document;
    if (activeElement === document.body || !activeElement?.checkVisibility()) this.#box.focusByItself();
  }

  #refused({ after }: Message, refusal: Refusal): void {
    const { code, status, message } = refusal;
    this.#box.holdBack();
    if (isFinal(refusal)) this.#box.forgetClientId();
    if (code === "stale") this.#choice.offer(after, message);
    if (isSignedOut(refusal)) signal("signedOut", undefined);
    else if (code === "stale") this.#note.pass();
    else this.#note.refuse(refusal);
    if (status === 409) void this.#transcript.refresh();
  }

  // --- what is shown -------------------------------------------------------------------------------------

  /** What was said where this page is not is shown as the server has it. */
  async #show({ message, reply, after }: Said, isBranch: boolean): Promise<void> {
    if (isBranch || after !== this.#transcript.tip) await this.#transcript.refresh();
    else this.#transcript.add([message, reply]);
    this.#transcript.jumpToLatest();
  }

  #takeBack(text: string): void {
    this.#box.add(text);
    this.#typed();
    this.#box.keep();
    this.#box.focus();
  }

  #typed = (): void => {
    this.#limit.doubt();
    this.#box.changed(this.#row.chosenEffort);
    if (!this.#isSending) this.#note.pass();
    if (!this.#box.hasText) this.#choice.close();
    this.#commands.draw();
    this.#draw();
  };

  #limited(sentence: string): void {
    this.#limit.stand(sentence);
    this.#draw();
  }

  #bar(isBarred: boolean): void {
    this.#isBarred = isBarred;
    this.#draw();
  }

  #welcomeBack(): void {
    this.#bar(false);
    this.#note.signedIn(this.#box.hasText);
    this.#box.focus();
  }

  #draw = (): void => {
    const { hasText } = this.#box;
    this.#row.draw({
      // A reply that cannot be followed is nothing to wait for: the server says how things stand.
      isRunning: this.#transcript.running !== null && !this.#isBarred,
      hasText,
      canSend: hasText && !this.#limit.isBlocking && !this.#isSending && !this.#choice.isOpen,
      toSend: this.#box.tokens,
      isLineAhead: document.querySelector<QueueElement>("parley-queue")?.hasRows ?? false,
    });
  };
}
