import { isTranslated } from "../words";
import { type Ended, type Fault, type Hint, type ReplyEvent, type ServerEvent, VERSION } from "./events";
import { LiveSocket } from "./live_socket";
import { Polling } from "./polling";
import type { Reply } from "./reply";
import type { ReplyView } from "./views";

const ACK_MS = 500;
/** A reply that could not be followed is asked for anew so much later. */
const ASK_AGAIN_MS = 1000;
/** So long without a socket, and replies are read over HTTP until it is back. */
const PATIENCE_MS = 5000;

/** What the page does about the socket; the stream itself touches nothing but the replies it follows. */
export interface Listener {
  hint(hint: Hint): void;
  /** There is a socket now, or there is none any more. */
  connected(isOpen: boolean): void;
  /** The socket stands for the first time: of what was said since the page was written, nobody told it. */
  joined(): void;
  /** The socket stands again after it was lost: hints may have been missed. */
  returned(): void;
  /** The server speaks another version than this page. */
  outdated(): void;
  signedOut(): void;
  suspended(): void;
  /** Too many sockets of this person's stand already; with `false`, that there is room for this page's again. */
  crowded(isCrowded: boolean): void;
}

export interface Doors {
  openSocket(): WebSocket;
  /** The reply as Postgres has it; "gone" when there is none to be had, null when that cannot be told now. */
  fetchReply(generation: string): Promise<ReplyView | "gone" | null>;
}

interface Followed {
  reply: Reply;
  changed: () => void;
  acked: number;
  isAsking: boolean;
  askTimer: Timer;
}

/** Follows replies to their end, through gaps, lost networks and restarted servers: one socket for a page. */
export class ConversationStream {
  readonly #doors: Doors;
  readonly #listener: Listener;
  readonly #socket: LiveSocket;
  readonly #polling = new Polling(PATIENCE_MS, () => this.#refreshAll());
  readonly #followed = new Map<string, Followed>();
  #hasBeenOpen = false;
  #isBarred = false;
  #ackTimer: Timer;

  constructor(doors: Doors, listener: Listener) {
    this.#doors = doors;
    this.#listener = listener;
    this.#socket = new LiveSocket(doors.openSocket, {
      opened: () => this.#opened(),
      heard: (event) => this.#heard(event),
      lost: () => this.#lost(),
      crowded: () => this.#listener.crowded(true),
      barred: (why) => this.#barred(why),
    });
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  connect(): void {
    this.#socket.connect();
  }

  /** To be called whenever waiting makes no sense: focus, online, the page coming back. */
  wake(): void {
    this.#socket.wake();
  }

  /** To be called when a person who was signed out is signed in again. */
  readmit(): void {
    this.#isBarred = false;
    this.#socket.readmit();
    this.#armPolling();
  }

  /** Carries `reply` on to its end; `changed` is called whenever there is something new to draw. */
  follow(reply: Reply, changed: () => void): void {
    if (reply.isOver) return;
    this.#followed.set(reply.generation, {
      reply,
      changed,
      acked: reply.seq,
      isAsking: false,
      askTimer: undefined,
    });
    this.#askToFollow(reply);
    this.#armPolling();
  }

  unfollow({ generation }: Reply): void {
    clearTimeout(this.#followed.get(generation)?.askTimer);
    if (this.#followed.delete(generation)) this.#socket.say({ type: "unfollow", generation });
  }

  #opened(): void {
    this.#polling.stop();
    for (const followed of this.#followed.values()) {
      followed.isAsking = false;
      this.#askToFollow(followed.reply);
    }
    this.#listener.crowded(false);
    this.#listener.connected(true);
    if (this.#hasBeenOpen) this.#listener.returned();
    else this.#listener.joined();
    this.#hasBeenOpen = true;
  }

  #lost(): void {
    this.#listener.connected(false);
    this.#armPolling();
  }

  #heard(event: ServerEvent): void {
    switch (event.type) {
      case "hello":
        if (event.version !== VERSION) this.#listener.outdated();
        return;
      case "hint":
        if (event.topic === "reconnect") this.#socket.reopen();
        this.#listener.hint(event);
        return;
      case "delta":
      case "waiting":
      case "snapshot":
        this.#fold(event);
        return;
      case "ended":
        if (isTranslated()) void this.#endInItsLanguage(event);
        else this.#fold(event);
        return;
      case "fault":
        void this.#faulted(event);
    }
  }

  /** Whoever ended it does not know this page's language; the server does. Without an answer the end stands as told. */
  async #endInItsLanguage(event: Ended): Promise<void> {
    const followed = this.#followed.get(event.generation);
    if (followed) await this.#refresh(followed);
    this.#fold(event);
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
    // What is known already has been sent again, and counts as not acknowledged until it is.
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
      this.#socket.say({ type: "ack", generation, seq });
    }
  }

  #askToFollow({ generation, seq }: Reply): void {
    this.#socket.say({ type: "follow", generation, after: seq });
  }

  /** Our `follow` was not taken: either there is nothing to follow, or it is asked for once more. */
  async #faulted({ code, generation }: Fault): Promise<void> {
    const followed = this.#followed.get(generation);
    if (!followed) return;
    if (code === "not_found") await this.#refresh(followed);
    if (this.#followed.get(generation) !== followed) return;
    clearTimeout(followed.askTimer);
    followed.askTimer = setTimeout(() => this.#askToFollow(followed.reply), ASK_AGAIN_MS);
  }

  #barred(why: "signed out" | "suspended"): void {
    this.#isBarred = true;
    this.#polling.stop();
    if (why === "signed out") this.#listener.signedOut();
    else this.#listener.suspended();
  }

  // --- without a socket -----------------------------------------------------------------------------------

  #armPolling(): void {
    if (!this.isOpen && !this.#isBarred && this.#followed.size > 0) this.#polling.start();
  }

  async #refreshAll(): Promise<boolean> {
    await Promise.all([...this.#followed.values()].map((followed) => this.#refresh(followed)));
    return this.#followed.size > 0;
  }

  async #refresh({ reply, changed }: Followed): Promise<void> {
    const view = await this.#doors.fetchReply(reply.generation);
    if (view === "gone") reply.lose();
    else if (!view || reply.replace(view) !== "taken") return;
    if (reply.isOver) this.#followed.delete(reply.generation);
    changed();
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
