/** What the server says a message looks like: the same shape in templates, JSON answers and the last frame. */

import type { Hop } from "./hops";

export type Status = "queued" | "running" | "done" | "stopped" | "failed" | "interrupted";
export type CostKind = "cached" | "new" | "thinking" | "answer";

export interface MessageView {
  id: string;
  role: "user" | "assistant";
  author_name: string;
  created_at: string;
  text: string;
  /** How many characters there are of a text too long to be shown whole; "" = this is all of it. */
  whole: string;
  /** How a long text of a person's is folded; null = it is shown as it is. */
  fold: Fold | null;
  /** Null when there is no other version of it. */
  versions: Versions | null;
  /** What its reader thinks of a reply; null = they have not said. */
  rating: Rating | null;
  reply: ReplyView | null;
}

/** The beginning of a text, what the line of the rest says, and the rest: behind a blank line, if there is a beginning. */
export interface Fold {
  head: string;
  line: string;
  rest: string;
}

export interface Rating {
  verdict: "up" | "down";
  note: string;
}

/** Which of its versions a message is; "" = there is none before it, or after. */
export interface Versions {
  number: number;
  count: number;
  previous: string;
  next: string;
}

export interface ReplyView {
  message: string;
  generation: string;
  status: Status;
  seq: number;
  text: string;
  reasoning: string;
  thought_ms: number | null;
  hops: readonly Hop[];
  /** "" = there was no thinking, so no block. */
  thought_line: string;
  /** How long ago it was queued; null once it is over. */
  waiting_since_ms: number | null;
  note: string;
  note_kind: "" | "quiet" | "alert";
  fault_id: string;
  can_retry: boolean;
  /** It was cut off, and can go on from there. */
  can_continue: boolean;
  /** It was cut at the length that the conversation's settings allow. */
  is_at_own_limit: boolean;
  /** Where its reader can mend why it failed; null for who cannot, and where nothing can be mended. */
  mend: Mend | null;
  tally: Tally | null;
}

export interface Mend {
  url: string;
  label: string;
}

export interface Tally {
  cost: string;
  seconds: string;
  label: string;
  strip: { kind: CostKind; x: number; width: number }[];
  lines: { kind: CostKind; label: string; tokens: string; cost: string }[];
  total: { tokens: string; cost: string };
  exact: string;
  source: string;
  model: string;
  speed: string;
}

export interface SidebarRow {
  id: string;
  title: string;
  /** The title as what is cut where there is no room, and what stays in sight. */
  title_start: string;
  title_end: string;
  url: string;
  is_running: boolean;
  is_shared: boolean;
  is_pinned: boolean;
  is_unread: boolean;
}

/** A part of a person's list: by days, pinned ones before all. */
export interface ListPart {
  groups: { label: string; is_pinned: boolean; rows: SidebarRow[] }[];
  /** The address of the part after it; "" = there is none. */
  older: string;
  /** In which zone and on which day of it these groups were made. */
  drawn: string;
}

export interface Begun {
  settings: Record<string, string | number>;
  model: string;
}

/** The answer to a first or a later send; only a first one brings its conversation. */
export interface Sent {
  conversation?: { id: string; title: string; url: string };
  /** What it has begun with: the choices of the first try that reached the server. */
  begun?: Begun;
  message: MessageView;
  reply: MessageView;
}

export interface Retried {
  reply: MessageView;
  replaces: string;
}

export interface Edited extends Retried {
  message: MessageView;
}

/** A reply to a message that had none, and which message that is. */
export interface Asked {
  reply: MessageView;
  after: string;
}

/** What was deleted is back: behind which message ("" = none), and all that follows there. */
export interface Restored {
  after: string;
  messages: MessageView[];
}

/** Another version was chosen: what now stands from it on. */
export interface Chosen {
  replaces: string;
  messages: MessageView[];
}

/** A part of the branch on screen: behind `after`, or after so many `earlier` ones. */
export interface Branch {
  after: string;
  earlier: number;
  messages: MessageView[];
}

/** What the server answers to an act on a conversation as a whole. */
export interface Listed {
  conversation: SidebarRow & { is_listed: boolean };
}

export function isOver(status: Status): boolean {
  return status !== "queued" && status !== "running";
}
