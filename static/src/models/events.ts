/** The socket's vocabulary: a mirror of `conversations/events.py`, which a test holds against this file. */
import type { Hop } from "./hops";
import type { ReplyView, SidebarRow } from "./views";

export const VERSION = 1;

/** The first frame, and only for a socket that may stay. */
export interface Hello {
  type: "hello";
  version: number;
}

/**
 * What the events `first`…`last` added; what added nothing is left out. `thought_ms` comes when thinking ends, and again
 * when it ends once more: how long in all. `hops` are those that began or came out, each whole.
 */
export interface Delta {
  type: "delta";
  generation: string;
  first: number;
  last: number;
  reasoning?: string;
  text?: string;
  thought_ms?: number | null;
  hops?: readonly Hop[] | null;
}

/** Nothing is written yet. `provider` is "" while the reply is still queued. */
export interface Waiting {
  type: "waiting";
  generation: string;
  provider: string;
  since_ms: number;
}

/** The whole reply so far; the next delta starts after `seq`. */
export interface Snapshot {
  type: "snapshot";
  generation: string;
  seq: number;
  reasoning: string;
  text: string;
  thought_ms: number | null;
  hops: readonly Hop[];
}

export interface Ended {
  type: "ended";
  generation: string;
  reply: ReplyView;
}

/** Something changed: look again. May be lost. */
export interface Hint {
  type: "hint";
  topic: Topic;
  id: string;
  data: HintData | null;
}

/** A frame of ours could not be taken. */
export interface Fault {
  type: "fault";
  code: string;
  message: string;
  generation: string;
}

export interface Pong {
  type: "pong";
}

export type ReplyEvent = Delta | Waiting | Snapshot | Ended;
export type ServerEvent = Hello | ReplyEvent | Hint | Fault | Pong;

type Described = {
  [E in ServerEvent as E["type"]]: { type: E["type"]; fields: readonly Exclude<keyof E, "type">[] };
}[ServerEvent["type"]];

export const SERVER_EVENTS = [
  { type: "hello", fields: ["version"] },
  { type: "delta", fields: ["generation", "first", "last", "reasoning", "text", "thought_ms", "hops"] },
  { type: "waiting", fields: ["generation", "provider", "since_ms"] },
  { type: "snapshot", fields: ["generation", "seq", "reasoning", "text", "thought_ms", "hops"] },
  { type: "ended", fields: ["generation", "reply"] },
  { type: "hint", fields: ["topic", "id", "data"] },
  { type: "fault", fields: ["code", "message", "generation"] },
  { type: "pong", fields: [] },
] as const satisfies readonly Described[];

export const TOPICS = [
  "conversation",
  "listed",
  "seen",
  "reply_started",
  "reply_ended",
  "queue",
  "branch",
  "money",
  "reconnect",
] as const;
export type Topic = (typeof TOPICS)[number];

/** What hints carry, by topic: a sidebar row, where a reply runs, or what is left. */
export type HintData = Partial<SidebarRow> & {
  is_listed?: boolean;
  conversation?: string;
  message?: string;
  left?: string;
  sentence?: string;
};

/** Browser → server. */
export type Ask =
  | { type: "follow"; generation: string; after: number }
  | { type: "unfollow"; generation: string }
  | { type: "ack"; generation: string; seq: number }
  | { type: "ping" };

/** Why the server closes a socket for good. */
export const CLOSED_SIGNED_OUT = 4401;
export const CLOSED_SUSPENDED = 4403;
/** Too many frames; or, when it comes instead of `hello`, too many sockets of this person's. */
export const CLOSED_FLOOD = 4429;

/** The event in a frame; null for a type this page does not know (a newer server's). */
export function decode(frame: string): ServerEvent | null {
  const event = JSON.parse(frame) as { type: string };
  return SERVER_EVENTS.some(({ type }) => type === event.type) ? (event as ServerEvent) : null;
}
