/** What the parts of a page tell each other, without knowing each other. */
import type { Hint, HintData } from "../models/events";
import type { MoneyView } from "../models/money";
import type { QueueView } from "../models/queue";

export interface Signals {
  /** A first message was accepted: the page now is this conversation. */
  began: { id: string; title: string; url: string };
  /** A reply of this page's conversation began, changed its phase or ended. */
  moved: undefined;
  /** A conversation, by its id, now has a link. */
  shared: string;
  /** A conversation was renamed, pinned, put away or taken back on this page. */
  listed: HintData & { id: string };
  hint: Hint;
  /** What is left, what this conversation cost and what a next turn may, as it is now. */
  money: MoneyView;
  /** What is left may be something else by now: it is asked for. */
  moneyDoubted: undefined;
  /** Whether there is a socket now. */
  connected: boolean;
  /** From now on hints are heard: whoever shows a conversation looks once at what was said since it was written. */
  joined: undefined;
  /** Hints may have been missed: whoever shows what others can change looks again. */
  returned: undefined;
  /** A message was accepted and waits: the queue as it is now. */
  queued: QueueView;
  /** Another reply in place of the one in this turn is wanted, by that model and with that effort. */
  retryWith: { turn: HTMLElement; fields: { model: string; effort: string } };
  /** This turn and all that follow it are to go. */
  deleteFrom: HTMLElement;
  /** The messages that wait are others now. */
  waiting: undefined;
  /** A message that waits, by its id, is to be edited in the box. */
  editWaiting: { id: string; text: string };
  /** What somebody was making of a message that was deleted elsewhere meanwhile. */
  editOutlived: string;
  /** A request or the socket was refused for it; it may turn out to be so no more. */
  signedOut: undefined;
  /** The same person is signed in again. */
  signedIn: undefined;
  suspended: undefined;
  /** Whether this page has no socket because as many others of this person's stand. */
  crowded: boolean;
}

export function signal<K extends keyof Signals>(name: K, detail: Signals[K]): void {
  document.dispatchEvent(new CustomEvent(`parley:${name}`, { detail }));
}

/** Calls `listen` until the returned function is called. */
export function onSignal<K extends keyof Signals>(name: K, listen: (detail: Signals[K]) => void): () => void {
  const heard = (event: Event) => listen((event as CustomEvent<Signals[K]>).detail);
  document.addEventListener(`parley:${name}`, heard);
  return () => document.removeEventListener(`parley:${name}`, heard);
}
