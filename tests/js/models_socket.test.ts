import { expect, test, vi } from "vitest";
import type { ServerEvent } from "../../static/src/models/events";
import { Reply } from "../../static/src/models/reply";
import { replyView } from "./models_cast";
import { connectedWorld, delta } from "./models_stream_support";

const world = connectedWorld();
const changed = vi.fn();

function expectBackAfter(ms: number): void {
  const before = world.sockets.length;
  vi.advanceTimersByTime(ms - 1);
  expect(world.sockets).toHaveLength(before);
  vi.advanceTimersByTime(1);
  expect(world.sockets).toHaveLength(before + 1);
}

test("it comes back by itself and goes on where it was", () => {
  world.latest.opens();
  world.stream.follow(new Reply(replyView()), changed);
  world.latest.hears(delta(1, 5, "hello"));
  world.latest.breaks();

  vi.advanceTimersByTime(500);
  expect(world.sockets).toHaveLength(2);
  world.latest.opens();

  expect(world.latest.said).toEqual([{ type: "follow", generation: "g", after: 5 }]);
  expect(world.listener.returned).toHaveBeenCalledOnce();
});

test("what was said before its first socket stood is told of once, however late that is", () => {
  world.latest.breaks();
  vi.advanceTimersByTime(500);
  expect(world.listener.joined).not.toHaveBeenCalled();

  world.latest.opens();
  expect(world.listener.joined).toHaveBeenCalledOnce();
  expect(world.listener.returned).not.toHaveBeenCalled();

  world.latest.breaks();
  vi.advanceTimersByTime(500);
  world.latest.opens();
  expect(world.listener.joined).toHaveBeenCalledOnce();
});

test("it waits longer after every failure, up to ten seconds", () => {
  const waits = [500, 1000, 2000, 4000, 8000, 10_000, 10_000];
  for (const wait of waits) {
    world.latest.breaks();
    expectBackAfter(wait);
  }
});

test("a server that lets it in and then closes is not stormed", () => {
  for (const wait of [500, 1000, 2000]) {
    world.latest.connects();
    world.latest.breaks();
    expectBackAfter(wait);
  }
});

test("one tab too many says so, tries again seldom, and goes on when there is room", () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  world.latest.connects();
  world.latest.breaks(4429);
  expect(world.listener.crowded).toHaveBeenLastCalledWith(true);
  expectBackAfter(10_000);

  world.latest.opens();
  expect(world.listener.crowded).toHaveBeenLastCalledWith(false);
});

test("a socket closed for its many frames is no tab too many", () => {
  world.latest.opens();
  world.latest.breaks(4429);

  expectBackAfter(10_000);
  expect(world.listener.crowded).not.toHaveBeenCalledWith(true);
});

test.each([
  ["is never connected", () => undefined],
  ["is connected and told nothing", () => world.latest.connects()],
])("it leaves a socket that %s", (_, begins) => {
  begins();
  vi.advanceTimersByTime(8500);

  expect(world.sockets).toHaveLength(2);
});

test("a socket that stands is not left for being quiet", () => {
  world.latest.opens();
  vi.advanceTimersByTime(19_000);

  expect(world.sockets).toHaveLength(1);
});

test("it does not wait when the person is back", () => {
  world.latest.breaks();
  world.stream.wake();

  expect(world.sockets).toHaveLength(2);
});

test("it leaves a socket that does not answer a ping", () => {
  world.latest.opens();
  world.stream.wake();
  vi.advanceTimersByTime(8500);

  expect(world.sockets).toHaveLength(2);
});

test("a link that is dead on one side only is noticed within thirty seconds, by nobody's doing", () => {
  world.latest.opens();
  vi.advanceTimersByTime(28_000);
  expect(world.latest.said).toEqual([{ type: "ping" }]);
  expect(world.listener.connected).toHaveBeenLastCalledWith(false);

  vi.advanceTimersByTime(500);
  expect(world.sockets).toHaveLength(2);
});

test("one that answers its pings is kept", () => {
  world.latest.opens();
  for (let pings = 0; pings < 10; pings += 1) {
    vi.advanceTimersByTime(20_000);
    world.latest.hears({ type: "pong" });
  }

  expect(world.sockets).toHaveLength(1);
});

test("a socket begun while there was no network is not waited for when the person is back", () => {
  world.latest.breaks();
  vi.advanceTimersByTime(500);
  vi.advanceTimersByTime(3000);
  world.stream.wake();

  expect(world.sockets).toHaveLength(3);
});

test("it says whether there is a socket", () => {
  world.latest.opens();
  expect(world.listener.connected).toHaveBeenLastCalledWith(true);

  world.latest.breaks();
  expect(world.listener.connected).toHaveBeenLastCalledWith(false);
});

test("it comes back when the person is signed in again, and follows what it followed", () => {
  world.latest.opens();
  world.stream.follow(new Reply(replyView()), changed);
  world.latest.breaks(4401);
  world.stream.readmit();
  world.latest.opens();

  expect(world.sockets).toHaveLength(2);
  expect(world.latest.said).toEqual([{ type: "follow", generation: "g", after: 0 }]);
  expect(world.listener.returned).toHaveBeenCalledOnce();
});

test("it stays away once signed out", () => {
  world.latest.opens();
  world.latest.breaks(4401);
  vi.advanceTimersByTime(60_000);

  expect(world.sockets).toHaveLength(1);
  expect(world.listener.signedOut).toHaveBeenCalledOnce();
});

test("it moves to another process when its own goes away", () => {
  world.latest.opens();
  world.latest.hears({ type: "hint", topic: "reconnect", id: "", data: null });
  vi.advanceTimersByTime(500);

  expect(world.sockets).toHaveLength(2);
});

test("it says when the server is of another version", () => {
  world.latest.connects();
  world.latest.hears({ type: "hello", version: 2 });

  expect(world.listener.outdated).toHaveBeenCalledOnce();
});

test("it passes over events it does not know", () => {
  world.latest.opens();
  world.latest.hears({ type: "weather" } as unknown as ServerEvent);

  expect(world.stream.isOpen).toBe(true);
});
