import { backoffMs } from "./backoff";
import {
  type Ask,
  CLOSED_SIGNED_OUT,
  CLOSED_SUSPENDED,
  decode,
  type Hint,
  type ReplyEvent,
  type ServerEvent,
  VERSION,
} from "./events";
import type { Reply } from "./reply";
import type { ReplyView } from "./views";

const PING_MS = 20_000;
const ACK_MS = 500;
const POLL_MS = 1000;
/** So long without a socket, and replies are read over HTTP until it is back. */
const PATIENCE_MS = 5000;
/** A socket that says nothing for so long after a ping is dead: phones do not notice when they wake. */
const DEAF_MS = 8000;
const OPEN = 1;

/** What the page does about the socket; the stream itself touches nothing but the replies it follows. */
export interface Listener {
  hint(hint: Hint): void;
  /** The socket stands again after it was lost: hints may have been missed. */
  returned(): void;
  /** The server speaks another version than this page. */
  outdated(): void;
  signedOut(): void;
  suspended(): void;
}

export interface Doors {
  openSocket(): WebSocket;
  /** The reply as Postgres has it; null when it cannot be had now. */
  fetchReply(generation: string): Promise<ReplyView | null>;
}

interface Followed {
  reply: Reply;
  changed: () => void;
  acked: number;
  isAsking: boolean;
}

/** The page's one socket: follows replies to their end, through gaps, lost networks and restarted servers. */
export class ConversationStream {
  readonly #doors: Doors;
  readonly #listener: Listener;
  readonly #followed = new Map<string, Followed>();
  #socket: WebSocket | null = null;
  #attempt = 0;
  #hasBeenOpen = false;
  #isClosedForGood = false;
  #retryTimer: Timer;
  #pingTimer: Timer;
  #deafTimer: Timer;
  #ackTimer: Timer;
  #pollTimer: Timer;

  constructor(doors: Doors, listener: Listener) {
    this.#doors = doors;
    this.#listener = listener;
  }

  /** Opens the socket at once, or finds out whether it still lives. For focus, online and the page coming back. */
  wake(): void {
    if (this.isOpen) this.#ping();
    else this.connect();
  }

  connect(): void {
    if (this.#socket || this.#isClosedForGood) return;
    clearTimeout(this.#retryTimer);

    const socket = this.#doors.openSocket();
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => this.#heard(socket, data));
    socket.addEventListener("close", ({ code }) => this.#closed(socket, code));
    this.#armPolling();
  }

  /** Carries `reply` on to its end; `changed` is called whenever there is something new to draw. */
  follow(reply: Reply, changed: () => void): void {
    if (reply.isOver) return;
    this.#followed.set(reply.generation, { reply, changed, acked: reply.seq, isAsking: false });
    this.#askToFollow(reply);
    this.#armPolling();
  }

  unfollow(reply: Reply): void {
    if (this.#followed.delete(reply.generation)) {
      this.#say({ type: "unfollow", generation: reply.generation });
    }
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === OPEN;
  }

  #opened(): void {
    this.#attempt = 0;
    this.#disarmPolling();
    this.#pingTimer = setInterval(() => this.#ping(), PING_MS);
    for (const followed of this.#followed.values()) {
      followed.isAsking = false;
      this.#askToFollow(followed.reply);
    }
    if (this.#hasBeenOpen) this.#listener.returned();
    this.#hasBeenOpen = true;
  }

  #heard(socket: WebSocket, frame: string): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#deafTimer);
    const event = decode(frame);
    if (event) this.#take(event);
  }

  #take(event: ServerEvent): void {
    switch (event.type) {
      case "hello":
        if (event.version !== VERSION) this.#listener.outdated();
        return;
      case "hint":
        if (event.topic === "reconnect") this.#reopen();
        this.#listener.hint(event);
        return;
      case "delta":
      case "waiting":
      case "snapshot":
      case "ended":
        this.#fold(event);
    }
  }

  #fold(event: ReplyEvent): void {
    const followed = this.#followed.get(event.generation);
    if (!followed) return;
    const { reply } = followed;

    const folded = reply.fold(event);
    if (folded === "gap") {
      // Frames behind the gap keep coming: it is asked about once, until something fits again.
      if (!followed.isAsking) this.#askToFollow(reply);
      followed.isAsking = true;
      return;
    }
    if (folded === "known") followed.acked = -1;
    else followed.isAsking = false;

    if (reply.isOver) this.#followed.delete(reply.generation);
    else this.#ackTimer ??= setTimeout(() => this.#acknowledge(), ACK_MS);
    if (folded === "taken") followed.changed();
  }

  /** Says what has arrived; the server sends no more than 256 KiB beyond it. */
  #acknowledge(): void {
    this.#ackTimer = undefined;
    for (const followed of this.#followed.values()) {
      const { generation, seq } = followed.reply;
      if (seq === followed.acked) continue;
      followed.acked = seq;
      this.#say({ type: "ack", generation, seq });
    }
  }

  #askToFollow({ generation, seq }: Reply): void {
    this.#say({ type: "follow", generation, after: seq });
  }

  #say(ask: Ask): void {
    if (this.isOpen) this.#socket?.send(JSON.stringify(ask));
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#drop();
    if (code === CLOSED_SIGNED_OUT || code === CLOSED_SUSPENDED) {
      this.#isClosedForGood = true;
      this.#disarmPolling();
      if (code === CLOSED_SIGNED_OUT) this.#listener.signedOut();
      else this.#listener.suspended();
      return;
    }
    this.#retryTimer = setTimeout(() => this.connect(), backoffMs(this.#attempt++));
    this.#armPolling();
  }

  #ping(): void {
    this.#say({ type: "ping" });
    clearTimeout(this.#deafTimer);
    this.#deafTimer = setTimeout(() => this.#reopen(), DEAF_MS);
  }

  /** Leaves a socket that is dead or about to close; the others are not to be stormed all at once. */
  #reopen(): void {
    const socket = this.#socket;
    this.#drop();
    socket?.close(1000);
    this.#retryTimer = setTimeout(() => this.connect(), backoffMs(0));
  }

  #drop(): void {
    this.#socket = null;
    clearInterval(this.#pingTimer);
    clearTimeout(this.#deafTimer);
  }

  // --- without a socket -----------------------------------------------------------------------------------

  #armPolling(): void {
    if (this.isOpen || this.#followed.size === 0) return;
    this.#pollTimer ??= setTimeout(() => this.#poll(), PATIENCE_MS);
  }

  #disarmPolling(): void {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = undefined;
  }

  async #poll(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((followed) => this.#refresh(followed)));
    if (this.#pollTimer === undefined) return;
    this.#pollTimer = this.#followed.size > 0 ? setTimeout(() => this.#poll(), POLL_MS) : undefined;
  }

  async #refresh({ reply, changed }: Followed): Promise<void> {
    const view = await this.#doors.fetchReply(reply.generation);
    if (!view || reply.replace(view) !== "taken") return;
    if (reply.isOver) this.#followed.delete(reply.generation);
    changed();
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
