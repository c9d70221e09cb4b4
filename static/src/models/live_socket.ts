import { backoffMs, LONGEST_MS } from "./backoff";
import {
  type Ask,
  CLOSED_FLOOD,
  CLOSED_SIGNED_OUT,
  CLOSED_SUSPENDED,
  decode,
  type ServerEvent,
} from "./events";

const PING_MS = 20_000;
/** A socket that says nothing for so long after it was made, or after a ping, is dead: phones do not notice. */
const DEAF_MS = 8000;
/** One that was begun longer ago than this, and before the person came back, belongs to a network that is gone. */
const STUCK_MS = 2000;
const OPEN = 1;

export interface Ears {
  /** The server has said hello: only now is a socket one to keep. */
  opened(): void;
  heard(event: ServerEvent): void;
  /** It is gone and will be opened anew. */
  lost(): void;
  /** As many sockets as a person may have stand already. It is tried again, seldom. */
  crowded(): void;
  /** The server wants no socket of this person's. */
  barred(why: "signed out" | "suspended"): void;
}

/** A socket that comes back: after a lost network, a sleeping phone, a restarted server. */
export class LiveSocket {
  readonly #open: () => WebSocket;
  readonly #ears: Ears;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #begunAt = 0;
  #isAdmitted = false;
  #isBarred = false;
  #retryTimer: Timer;
  #pingTimer: Timer;
  #deafTimer: Timer;

  constructor(open: () => WebSocket, ears: Ears) {
    this.#open = open;
    this.#ears = ears;
  }

  get isOpen(): boolean {
    return this.#isAdmitted && this.#socket?.readyState === OPEN;
  }

  connect(): void {
    if (this.#socket || this.#isBarred) return;
    clearTimeout(this.#retryTimer);

    const socket = this.#open();
    this.#socket = socket;
    this.#begunAt = Date.now();
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => this.#heard(socket, data));
    socket.addEventListener("close", ({ code }) => this.#closed(socket, code));
    this.#armDeafTimer();
  }

  /** Opens the socket at once, or finds out whether it still lives. For focus, online and the page coming back. */
  wake(): void {
    if (this.isOpen) {
      this.#ping();
      return;
    }
    if (Date.now() - this.#begunAt > STUCK_MS) this.#leave();
    this.connect();
  }

  /** The person the server wanted no socket of is signed in again. */
  readmit(): void {
    this.#isBarred = false;
    this.connect();
  }

  /** Leaves a socket that is dead or about to close; the next server is not to be stormed by all at once. */
  reopen(): void {
    this.#leave();
    this.#retry(backoffMs(this.#attempt++));
  }

  /** Says it now, or not at all: whatever matters is said again when the socket opens. */
  say(ask: Ask): void {
    if (this.isOpen) this.#socket?.send(JSON.stringify(ask));
  }

  #admitted(): void {
    this.#isAdmitted = true;
    this.#attempt = 0;
    this.#pingTimer = setInterval(() => this.#ping(), PING_MS);
    this.#ears.opened();
  }

  #heard(socket: WebSocket, frame: string): void {
    if (socket !== this.#socket) return;
    clearTimeout(this.#deafTimer);
    const event = decode(frame);
    if (event?.type === "hello") this.#admitted();
    if (event) this.#ears.heard(event);
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    const wasAdmitted = this.#isAdmitted;
    this.#drop();
    if (code === CLOSED_SIGNED_OUT || code === CLOSED_SUSPENDED) {
      this.#isBarred = true;
      this.#ears.barred(code === CLOSED_SIGNED_OUT ? "signed out" : "suspended");
    } else if (code === CLOSED_FLOOD) {
      this.#retry(LONGEST_MS);
      if (!wasAdmitted) this.#ears.crowded();
    } else {
      this.#retry(backoffMs(this.#attempt++));
    }
  }

  #retry(afterMs: number): void {
    this.#retryTimer = setTimeout(() => this.connect(), afterMs);
    this.#ears.lost();
  }

  #ping(): void {
    this.say({ type: "ping" });
    this.#armDeafTimer();
  }

  #armDeafTimer(): void {
    clearTimeout(this.#deafTimer);
    this.#deafTimer = setTimeout(() => this.reopen(), DEAF_MS);
  }

  #leave(): void {
    const socket = this.#socket;
    this.#drop();
    socket?.close(1000);
  }

  #drop(): void {
    this.#socket = null;
    this.#isAdmitted = false;
    clearInterval(this.#pingTimer);
    clearTimeout(this.#deafTimer);
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
