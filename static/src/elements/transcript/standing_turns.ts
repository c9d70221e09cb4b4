import { changesTo } from "../../models/branch";
import type { MessageView } from "../../models/views";
import { part } from "../parts";
import { renewTurn, turnOf } from "../turn/turns";
import { append, inPieces, remove } from "./pieces";

/** The turns that stand in a transcript, in order, by the messages that they show. */
export class StandingTurns {
  readonly #transcript: HTMLElement;

  constructor(transcript: HTMLElement) {
    this.#transcript = transcript;
  }

  get all(): HTMLElement[] {
    return [...this.#log.querySelectorAll<HTMLElement>(".turn")];
  }

  of(message: string): HTMLElement | null {
    return this.all.find((turn) => turn.dataset.message === message) ?? null;
  }

  /** Where a message stands; -1 for one that does not. */
  placeOf(message: string): number {
    return this.all.findIndex((turn) => turn.dataset.message === message);
  }

  /** What a person said last. */
  get lastSaid(): string {
    return this.all.findLast((turn) => turn.classList.contains("turn--said"))?.dataset.message ?? "";
  }

  /** Puts those messages at the end that do not stand yet; returns their turns. */
  add(messages: readonly MessageView[]): HTMLElement[] {
    const turns = this.#missing(messages);
    append(this.#log, turns);
    return turns;
  }

  /** Puts them above all others; returns their turns. */
  addAbove(messages: readonly MessageView[]): HTMLElement[] {
    const turns = this.#missing(messages);
    this.#log.prepend(...inPieces(turns));
    return turns;
  }

  /** Makes `messages` what stands from a place on: some turns stay, others go or come; returns those that came. */
  show(from: number, messages: readonly MessageView[]): HTMLElement[] {
    const turns = this.all.slice(from);
    const changes = changesTo(
      turns.map((turn) => turn.dataset.message ?? ""),
      messages,
    );
    const going = turns.splice(changes.stay.length);
    for (const [place, message] of changes.stay.entries()) {
      const turn = turns[place];
      if (turn) renewTurn(turn, message);
    }
    remove(going);
    return this.add(changes.come);
  }

  get #log(): HTMLElement {
    return part(this.#transcript, "log");
  }

  #missing(messages: readonly MessageView[]): HTMLElement[] {
    const standing = new Set(this.all.map((turn) => turn.dataset.message));
    return messages.filter(({ id }) => !standing.has(id)).map(turnOf);
  }
}
