import { readText } from "../../models/commands";
import { isForInputMethod, isSendKey } from "../../models/send_key";
import { t } from "../../words";
import { keepPlace } from "../focus";
import { type ComposerElement, type TranscriptElement, transcriptHere } from "../neighbours";
import { part } from "../parts";
import { onSignal } from "../signals";
import { ComposerActs } from "./acts";
import { ComposerBox } from "./box";
import { ComposerChoice, type Way } from "./choice";
import { ComposerCommands } from "./commands";
import { ComposerEdit } from "./edit";
import { ComposerLimit } from "./limit";
import { ComposerModels } from "./models";
import { ComposerNote } from "./note";
import { ComposerRecall } from "./recall";
import { ComposerRow, keepFocus } from "./row";
import { ComposerSending } from "./sending";
import { Starters } from "./starters";

/** `<parley-composer>`: the box, its row and what is to be said about sending. Text leaves it only once accepted. */
export class Composer extends HTMLElement implements ComposerElement {
  readonly #note = new ComposerNote(this);
  readonly #row = new ComposerRow(this);
  readonly #choice = new ComposerChoice(this);
  readonly #limit = new ComposerLimit(this);
  readonly #box = new ComposerBox(this, () => this.#transcript.conversation, {
    overflowed: () =>
      this.#note.say(t("This text is too long to be kept as a draft. Send it before you leave.")),
    changed: () => this.#typed(),
    followed: (effort) => {
      this.#row.effort = effort;
      this.#draw();
    },
  });
  readonly #models = new ComposerModels(
    this,
    () => this.#transcript.conversation,
    (refusal) => this.#note.refuse(refusal),
  );
  readonly #acts = new ComposerActs(this.#models, this.#row, this.#box, this.#note, () => this.#typed());
  readonly #commands = new ComposerCommands(this, (name) => void this.#acts.run(name));
  readonly #recall = new ComposerRecall(this);
  readonly #sending = new ComposerSending(
    {
      box: this.#box,
      row: this.#row,
      choice: this.#choice,
      limit: this.#limit,
      models: this.#models,
      note: this.#note,
    },
    { changed: () => this.#typed(), drawn: () => this.#draw() },
  );
  readonly #edit = new ComposerEdit(this, this.#box, () => this.#typed());
  readonly #starters = new Starters(
    (text, clientId) => void this.#sending.send({ text, clientId, after: "", isBranch: false }),
  );
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
    this.#row.listen(signal);
    this.#box.listen(signal);
    this.#commands.listen(signal);
    window.addEventListener("pagehide", () => this.#box.keep(), { signal });
    this.#ends = [
      () => beyond.abort(),
      onSignal("moved", this.#draw),
      onSignal("retryWith", () => this.#row.passOver()),
      onSignal("waiting", this.#draw),
      onSignal("editWaiting", ({ id, text }) => void this.#openEdit(id, text)),
      onSignal("editOutlived", (text) => this.#takeOver(text)),
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

  get #transcript(): TranscriptElement {
    return transcriptHere();
  }

  /** Resolves once replies are by the model that the chip shows; false where that could not be, which is said here. */
  modelKept(): Promise<boolean> {
    return this.#models.kept();
  }

  get wishedEffort(): string {
    return this.#row.wishedEffort;
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
    if (button === part(this, "leave-edit")) void this.#edit.leave();
    else if (button === part(this, "send-as-text")) this.#sendAs("latest", true);
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
    const isTaken = event.defaultPrevented || isForInputMethod(event);
    const isForAnother = isTaken || document.querySelector("dialog:modal, :popover-open");
    if (event.key !== "Escape" || isForAnother) return;
    if (this.#edit.isOpen) void this.#edit.leave();
    else void this.#transcript.running?.stop();
  };

  #sendBox(): void {
    if (this.#edit.isOpen) this.#saveEdit();
    else if (this.#choice.isOpen) this.#choice.focus();
    else this.#sendAs("latest");
  }

  #sendAs(way: Way, isText = false): void {
    if (!this.#box.hasText || this.#sending.isUnderWay) return;
    const { typed, hasPastes } = this.#box;
    const reading = this.#commands.read(typed);
    if (isText) this.#sending.sendText(this.#box.outgoing(typed), way);
    // What stands above a long text is said of it.
    else if (hasPastes || reading.kind === "text")
      this.#sending.sendText(this.#box.outgoing(readText(typed)), way);
    else if (reading.kind === "command") void this.#acts.run(reading.name, reading.argument);
    else this.#commands.ask(reading.name);
  }

  /** What is on its way leaves the box first. */
  async #openEdit(row: string, text: string): Promise<void> {
    await this.#sending.settled;
    this.#choice.close();
    this.#edit.open(row, text);
  }

  #takeOver(text: string): void {
    this.#box.add(text);
    this.#typed();
    this.#note.say(t("The message that you were editing was deleted. Your text is in the box."));
  }

  #saveEdit(): void {
    if (!this.#box.hasText) return;
    const text = this.#box.outgoing(readText(this.#box.typed));
    this.#box.holdBack();
    void this.#edit.save(text);
  }

  // --- what is shown -------------------------------------------------------------------------------------

  #typed = (): void => {
    this.#limit.doubt();
    this.#box.changed(this.#row.chosenEffort);
    if (!this.#sending.isUnderWay) this.#note.pass();
    if (!this.#box.hasText) this.#choice.close();
    this.#commands.draw();
    this.#draw();
  };

  #limited(sentence: string): void {
    this.#limit.stand(sentence);
    if (this.#limit.says(this.#note.text)) this.#note.pass();
    this.#draw();
  }

  #bar(isBarred: boolean): void {
    this.#isBarred = isBarred;
    this.#draw();
  }

  #welcomeBack(): void {
    this.#bar(false);
    this.#note.signedIn(this.#box.hasText);
    // Whoever was writing elsewhere on the page goes on there.
    keepPlace();
  }

  get #canSend(): boolean {
    return !this.#limit.isBlocking && !this.#sending.isUnderWay && !this.#choice.isOpen;
  }

  #draw = (): void => {
    const { hasText } = this.#box;
    this.#row.draw({
      // A reply that cannot be followed is nothing to wait for: the server says how things stand.
      isRunning: this.#transcript.running !== null && !this.#isBarred,
      hasText,
      canSend: hasText && (this.#edit.isOpen ? !this.#edit.isUnderWay : this.#canSend),
      isEdit: this.#edit.isOpen,
      toSend: this.#box.tokens,
      isLineAhead: document.querySelector("parley-queue")?.hasRows ?? false,
    });
  };
}
