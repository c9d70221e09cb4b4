import { type Answer, postBriefly, type Refusal } from "../../models/send";
import type { Listed } from "../../models/views";
import { t } from "../../words";
import { fork } from "../fork";
import { type TranscriptElement, transcriptHere } from "../neighbours";
import { csrf } from "../page";
import { signal } from "../signals";
import type { ComposerBox } from "./box";
import type { ComposerModels } from "./models";
import type { ComposerNote } from "./note";
import type { ComposerRow } from "./row";

const NOT_YET = t("There is no conversation yet. Send a message first.");
const NO_MODEL = t("No model here is called that. Pick one from the list.");
const NO_EFFORTS = t("How much this model thinks cannot be set.");
const NO_TITLE = t("Write the title behind it: /title Costs of the new office.");

/** Why a command did nothing, or "" where it did what it says. */
type Outcome = string | Refusal;

/** What the commands of the box do. */
export class ComposerActs {
  readonly #models: ComposerModels;
  readonly #row: ComposerRow;
  readonly #box: ComposerBox;
  readonly #note: ComposerNote;
  readonly #changed: () => void;
  #isRunning = false;

  /** `changed` hears that another text stands in the box. */
  constructor(
    models: ComposerModels,
    row: ComposerRow,
    box: ComposerBox,
    note: ComposerNote,
    changed: () => void,
  ) {
    this.#models = models;
    this.#row = row;
    this.#box = box;
    this.#note = note;
    this.#changed = changed;
  }

  /** Once it is done the command goes from the box, and nothing that was typed behind it; if it cannot be, it stays. */
  async run(name: string, argument = ""): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { typed } = this.#box;
    const outcome = await this.#do(name, argument);
    this.#isRunning = false;
    if (typeof outcome !== "string") this.#note.refuse(outcome);
    else if (outcome) this.#note.say(outcome);
    else {
      this.#box.take(typed);
      if (name === "help" && !this.#box.typed) this.#box.typed = "/";
      this.#changed();
    }
  }

  async #do(name: string, argument: string): Promise<Outcome> {
    if (name === "new") location.assign("/");
    if (name === "settings") document.querySelector("parley-settings")?.open();
    if (name === "model") return this.#model(argument);
    if (name === "think") return this.#think(argument.toLowerCase());
    if (name === "share") return this.#share();
    if (name === "fork") return this.#fork();
    return name === "title" ? this.#title(argument) : "";
  }

  #model(words: string): string {
    if (words) return this.#models.pickNamed(words) ? "" : NO_MODEL;
    this.#models.open();
    return "";
  }

  #think(effort: string): string {
    if (this.#row.think(effort)) return "";
    const known = this.#row.knownEfforts.join(", ");
    return known ? t("Write /think and one of: %(known)s.", { known }) : NO_EFFORTS;
  }

  #share(): string {
    if (!this.#transcript.conversation) return NOT_YET;
    document.querySelector<HTMLElement>("[data-act=share]")?.click();
    return "";
  }

  async #fork(): Promise<Outcome> {
    const { tip } = this.#transcript;
    if (!tip) return NOT_YET;
    return (await fork(tip)) ?? "";
  }

  async #title(title: string): Promise<Outcome> {
    const { conversation } = this.#transcript;
    if (!conversation) return NOT_YET;
    if (!title) return NO_TITLE;
    const url = `/conversations/${conversation}/rename/`;
    const answer = await postBriefly<Listed>(url, { title }, csrf());
    if (answer.ok) signal("listed", answer.body.conversation);
    return outcomeOf(answer);
  }

  get #transcript(): TranscriptElement {
    return transcriptHere();
  }
}

function outcomeOf(answer: Answer<unknown>): Outcome {
  return answer.ok ? "" : answer.refusal;
}
