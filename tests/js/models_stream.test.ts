import { expect, test, vi } from "vitest";
import { Reply } from "../../static/src/models/reply";
import { replyView } from "./models_cast";
import { connectedWorld, delta } from "./models_stream_support";

const world = connectedWorld();
const changed = vi.fn();

test("it follows from the last number it has, as soon as the socket opens", () => {
  world.stream.follow(new Reply(replyView({ status: "running", seq: 17 })), changed);
  world.latest.opens();

  expect(world.latest.said).toEqual([{ type: "follow", generation: "g", after: 17 }]);
});

test("it asks once about a gap and takes what then fits", () => {
  const reply = new Reply(replyView());
  world.latest.opens();
  world.stream.follow(reply, changed);

  world.latest.hears(delta(3, 3, "c"));
  world.latest.hears(delta(4, 4, "d"));
  world.latest.hears(delta(1, 4, "abcd"));

  const follow = { type: "follow", generation: "g", after: 0 };
  expect(world.latest.said).toEqual([follow, follow]);
  expect(reply.view.text).toBe("abcd");
});

test("it acknowledges what arrived, at most twice a second", () => {
  world.latest.opens();
  world.stream.follow(new Reply(replyView()), changed);
  for (let n = 1; n <= 9; n++) world.latest.hears(delta(n, n, "x"));
  vi.advanceTimersByTime(500);

  expect(world.latest.said.slice(1)).toEqual([{ type: "ack", generation: "g", seq: 9 }]);
});

test("without a socket it reads the reply over HTTP until the end", async () => {
  const reply = new Reply(replyView());
  world.fetchReply
    .mockResolvedValueOnce(replyView({ status: "running", seq: 3, text: "Not" }))
    .mockResolvedValueOnce(replyView({ status: "done", seq: 9, text: "Not quite." }));
  world.stream.follow(reply, changed);

  await vi.advanceTimersByTimeAsync(4999);
  expect(world.fetchReply).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(reply.view.text).toBe("Not");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(changed).toHaveBeenCalled();
  expect([reply.view.text, world.fetchReply.mock.calls.length]).toEqual(["Not quite.", 2]);
});

test("it reads nothing over HTTP while a socket stands", async () => {
  world.latest.opens();
  world.stream.follow(new Reply(replyView()), changed);
  await vi.advanceTimersByTimeAsync(5500);

  expect(world.fetchReply).not.toHaveBeenCalled();
});
