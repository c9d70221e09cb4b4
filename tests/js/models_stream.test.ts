import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConversationStream, type Listener } from "../../static/src/models/conversation_stream";
import type { Delta, ServerEvent } from "../../static/src/models/events";
import { Reply } from "../../static/src/models/reply";
import type { ReplyView } from "../../static/src/models/views";
import { replyView } from "./models_cast";

class FakeSocket extends EventTarget {
  readyState = 0;
  readonly said: unknown[] = [];

  send(frame: string): void {
    this.said.push(JSON.parse(frame));
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  hears(event: ServerEvent): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) }));
  }

  breaks(code = 1006): void {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

let sockets: FakeSocket[];
let listener: { [K in keyof Listener]: ReturnType<typeof vi.fn> };
let fetchReply: ReturnType<typeof vi.fn<(generation: string) => Promise<ReplyView | null>>>;
let stream: ConversationStream;
const changed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  sockets = [];
  const names = ["hint", "returned", "outdated", "signedOut", "suspended"] as const;
  listener = Object.fromEntries(names.map((name) => [name, vi.fn()])) as typeof listener;
  fetchReply = vi.fn(async () => null);
  stream = new ConversationStream({ openSocket, fetchReply }, listener as unknown as Listener);
  stream.connect();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function openSocket(): WebSocket {
  const socket = new FakeSocket();
  sockets.push(socket);
  return socket as unknown as WebSocket;
}

function latest(): FakeSocket {
  return sockets.at(-1) as FakeSocket;
}

function delta(first: number, last: number, text: string): Delta {
  return { type: "delta", generation: "g", first, last, text, reasoning: "", thought_ms: null };
}

test("it follows from the last number it has, as soon as the socket opens", () => {
  stream.follow(new Reply(replyView({ status: "running", seq: 17 })), changed);
  latest().opens();

  expect(latest().said).toEqual([{ type: "follow", generation: "g", after: 17 }]);
});

test("it asks once about a gap and takes what then fits", () => {
  const reply = new Reply(replyView());
  latest().opens();
  stream.follow(reply, changed);

  latest().hears(delta(3, 3, "c"));
  latest().hears(delta(4, 4, "d"));
  latest().hears(delta(1, 4, "abcd"));

  const follow = { type: "follow", generation: "g", after: 0 };
  expect(latest().said).toEqual([follow, follow]);
  expect(reply.view.text).toBe("abcd");
});

test("it acknowledges what arrived, at most twice a second", () => {
  latest().opens();
  stream.follow(new Reply(replyView()), changed);
  for (let n = 1; n <= 9; n++) latest().hears(delta(n, n, "x"));
  vi.advanceTimersByTime(500);

  expect(latest().said.slice(1)).toEqual([{ type: "ack", generation: "g", seq: 9 }]);
});

test("it comes back by itself and goes on where it was", () => {
  latest().opens();
  stream.follow(new Reply(replyView()), changed);
  latest().hears(delta(1, 5, "hello"));
  latest().breaks();

  vi.advanceTimersByTime(500);
  expect(sockets).toHaveLength(2);
  latest().opens();

  expect(latest().said).toEqual([{ type: "follow", generation: "g", after: 5 }]);
  expect(listener.returned).toHaveBeenCalledOnce();
});

test("it waits longer after every failure, up to ten seconds", () => {
  const waits = [500, 1000, 2000, 4000, 8000, 10_000, 10_000];
  for (const wait of waits) {
    latest().breaks();
    const before = sockets.length;
    vi.advanceTimersByTime(wait - 1);
    expect(sockets).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(before + 1);
  }
});

test("it does not wait when the person is back", () => {
  latest().breaks();
  stream.wake();

  expect(sockets).toHaveLength(2);
});

test("it leaves a socket that does not answer a ping", () => {
  latest().opens();
  stream.wake();
  vi.advanceTimersByTime(8500);

  expect(sockets).toHaveLength(2);
});

test("it stays away once signed out", () => {
  latest().opens();
  latest().breaks(4401);
  vi.advanceTimersByTime(60_000);

  expect(sockets).toHaveLength(1);
  expect(listener.signedOut).toHaveBeenCalledOnce();
});

test("it moves to another process when its own goes away", () => {
  latest().opens();
  latest().hears({ type: "hint", topic: "reconnect", id: "", data: null });
  vi.advanceTimersByTime(500);

  expect(sockets).toHaveLength(2);
});

test("without a socket it reads the reply over HTTP until the end", async () => {
  const reply = new Reply(replyView());
  fetchReply
    .mockResolvedValueOnce(replyView({ status: "running", seq: 3, text: "Not" }))
    .mockResolvedValueOnce(replyView({ status: "done", seq: 9, text: "Not quite." }));
  stream.follow(reply, changed);

  await vi.advanceTimersByTimeAsync(4999);
  expect(fetchReply).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(reply.view.text).toBe("Not");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(changed).toHaveBeenCalled();
  expect([reply.view.text, fetchReply.mock.calls.length]).toEqual(["Not quite.", 2]);
});

test("it reads nothing over HTTP while a socket stands", async () => {
  latest().opens();
  stream.follow(new Reply(replyView()), changed);
  await vi.advanceTimersByTimeAsync(5500);

  expect(fetchReply).not.toHaveBeenCalled();
});

test("it says when the server is of another version", () => {
  latest().opens();
  latest().hears({ type: "hello", version: 2 });

  expect(listener.outdated).toHaveBeenCalledOnce();
});

test("it passes over events it does not know", () => {
  latest().opens();
  latest().hears({ type: "weather" } as unknown as ServerEvent);

  expect(stream.isOpen).toBe(true);
});
