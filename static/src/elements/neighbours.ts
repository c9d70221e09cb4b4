/**
 * What the elements of a conversation's page are to one another. They find each other by their tags, which this file
 * gives a type: none has to import another that it does not hold itself, and imports point one way.
 */
import type { Refusal } from "../models/send";
import type { MessageView } from "../models/views";
import type { Eye } from "./eye";

/** `<parley-transcript>`: the turns of a conversation, in order. */
export interface TranscriptElement extends HTMLElement {
  /** "" as long as nothing was sent. */
  readonly conversation: string;
  /** The first message that is here; what is earlier is not. */
  readonly first: string;
  /** The last message: what the next one answers. As long as it is not here, the server's word for it. */
  readonly tip: string;
  /** The reply that is being written. */
  readonly running: RunningReply | null;
  /** Something that was asked for a turn is under way: nothing else is begun meanwhile. */
  readonly isActing: boolean;
  turnOf(message: string): HTMLElement | null;
  /** Puts messages at the end; those that stand already stay as they are. */
  add(messages: readonly MessageView[]): void;
  /** Puts what is earlier above everything else, which stays where it is on screen. */
  addEarlier(messages: readonly MessageView[]): void;
  /** Puts messages in the place of a turn and of all that follow it. */
  replace(replaced: string, messages: readonly MessageView[], eye: Eye): void;
  /** Makes messages what stands behind one ("" = all that stands here). Where that one is not here, the page looks anew. */
  follow(after: string, messages: readonly MessageView[]): void;
  /** Changes the page and leaves on screen where it is what `eye` says is looked at. */
  keep(eye: () => number, change: () => void, options?: { following?: boolean }): void;
  /** Follows what one has just said, wherever one was reading. */
  jumpToLatest(): void;
  /** Looks at how the conversation stands, since another tab may have gone on with it. */
  refresh(): Promise<void>;
  /** Hears what was said while an act of this page's own was under way. */
  catchUp(): void;
}

/** A `<parley-reply>` that is being written. */
export interface RunningReply extends HTMLElement {
  /** The last event that is on screen: where a stop cuts. */
  readonly drawnSeq: number;
  stop(): Promise<void>;
}

/** `<parley-composer>`: where the next message is written. */
export interface ComposerElement extends HTMLElement {
  /** Resolves once replies are by the model that the chip shows; false where that could not be, which is said here. */
  modelKept(): Promise<boolean>;
  /** How hard to think, where that was chosen here for what is asked for next; "" otherwise. */
  readonly wishedEffort: string;
}

/** `<parley-queue>`: what waits for the running reply to end. */
export interface QueueLine extends HTMLElement {
  readonly hasRows: boolean;
  /** Puts `text` in place of a message that was edited, or leaves that as it was (null). */
  finishEdit(row: string, text: string | null): Promise<EditEnd>;
}

/** What came of an edit: it is over; it was refused, and goes on; or what was edited waits no more. */
export type EditEnd = "over" | "refused" | "gone";

/** What a conversation's next turns are asked with, by the names of the fields. */
export type Settings = Readonly<Record<string, string | number>>;

/** `<parley-settings>`: what the next turns are asked with. */
export interface SettingsElement extends HTMLElement {
  /** What a first message begins its conversation with. */
  readonly fields: Readonly<Record<string, string>>;
  /** Its conversation has begun with these; resolves to why what was saved since cannot be had. */
  begun(settings: Settings): Promise<Refusal | null>;
  /** Resolves once nothing that was saved is on its way. */
  kept(): Promise<void>;
  /** `row` is what was pressed, mostly in a menu, which closes meanwhile; `field` the setting that it speaks of. */
  open(row?: Element | null, field?: string): void;
}

/** `<parley-connection>`: the line that says that the page hears of nothing. */
export interface ConnectionNote extends HTMLElement {
  /** A send has just found out that there is no network: it is said without waiting. */
  insist(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-transcript": TranscriptElement;
    "parley-composer": ComposerElement;
    "parley-queue": QueueLine;
    "parley-settings": SettingsElement;
    "parley-connection": ConnectionNote;
  }
}

/** The transcript, for what stands on a conversation's page alone. */
export function transcriptHere(): TranscriptElement {
  return document.querySelector("parley-transcript") as TranscriptElement;
}
