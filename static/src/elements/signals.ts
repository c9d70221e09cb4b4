/** What the parts of a page tell each other, without knowing each other. */
import type { Hint } from "../models/events";

export interface Signals {
  /** A first message was accepted: the page now is this conversation. */
  began: { id: string; title: string; url: string };
  /** A reply of this page's conversation began, changed its phase or ended. */
  moved: undefined;
  /** A conversation, by its id, now has a link. */
  shared: string;
  hint: Hint;
  /** The socket stands again: hints may have been missed. */
  returned: undefined;
  signedOut: undefined;
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
