import { afterEach, beforeEach, vi } from "vitest";
import { ConversationStream, type Doors, type Listener } from "../../static/src/models/conversation_stream";
import type { Delta, ServerEvent } from "../../static/src/models/events";

class FakeSocket extends EventTarget {
  readyState = 0;
  readonly said: unknown[] = [];

  send(frame: string): void {
    this.said.push(JSON.parse(frame));
  }

  close(): void {
    this.readyState = 3;
  }

  /** The handshake is done; whether this socket may stay is not said yet. */
  connects(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  opens(): void {
    this.connects();
    this.hears({ type: "hello", version: 1 });
  }

  hears(event: ServerEvent): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) }));
  }

  breaks(code = 1006): void {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

/** A page's stream and the world around it, made anew for every test. */
export interface World {
  stream: ConversationStream;
  sockets: FakeSocket[];
  readonly latest: FakeSocket;
  listener: { [K in keyof Listener]: ReturnType<typeof vi.fn> };
  fetchReply: ReturnType<typeof vi.fn<Doors["fetchReply"]>>;
}

/** Time stands still but for the test, and every wait is as long as it can be. */
export function connectedWorld(): World {
  const world = {
    sockets: [] as FakeSocket[],
    get latest() {
      return this.sockets.at(-1) as FakeSocket;
    },
  } as World;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(1);
    const names = [
      ...(["hint", "connected", "joined", "returned", "outdated"] as const),
      ...(["signedOut", "suspended", "crowded"] as const),
    ];
    const listener = Object.fromEntries(names.map((name) => [name, vi.fn()])) as World["listener"];
    const fetchReply: World["fetchReply"] = vi.fn(async () => null);
    const openSocket = () => {
      const socket = new FakeSocket();
      world.sockets.push(socket);
      return socket as unknown as WebSocket;
    };
    const stream = new ConversationStream({ openSocket, fetchReply }, listener as unknown as Listener);
    Object.assign(world, { sockets: [], listener, fetchReply, stream });
    stream.connect();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  return world;
}

export function delta(first: number, last: number, text: string): Delta {
  return { type: "delta", generation: "g", first, last, text, reasoning: "", thought_ms: null };
}
