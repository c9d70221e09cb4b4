import { expect, test, vi } from "vitest";
import type { Fault } from "../../static/src/models/events";
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

function fault(code: string): Fault {
  return { type: "fault", code, message: "", generation: "g" };
}

test("it stops waiting for a reply that is gone", async () => {
  const reply = new Reply(replyView({ status: "running", text: "Not" }));
  world.fetchReply.mockResolvedValue("gone");
  world.latest.opens();
  world.stream.follow(reply, changed);
  world.latest.hears(fault("not_found"));
  await vi.advanceTimersByTimeAsync(5000);

  expect([reply.phase, reply.view.note]).toEqual(["over", "This reply is not here any more."]);
  expect(world.fetchReply).toHaveBeenCalledOnce();
  expect(world.latest.said).toHaveLength(1);
});

test("it asks again for a reply that could not be followed, but is there", async () => {
  const reply = new Reply(replyView());
  world.fetchReply.mockResolvedValue(replyView({ status: "running", seq: 3, text: "Not" }));
  world.latest.opens();
  world.stream.follow(reply, changed);
  world.latest.hears(fault("not_found"));
  await vi.advanceTimersByTimeAsync(1000);

  expect(reply.view.text).toBe("Not");
  expect(world.latest.said.at(-1)).toEqual({ type: "follow", generation: "g", after: 3 });
});

test("it asks again when the server was too busy", async () => {
  world.latest.opens();
  world.stream.follow(new Reply(replyView()), changed);
  world.latest.hears(fault("unavailable"));
  const before = world.latest.said.length;
  await vi.advanceTimersByTimeAsync(1000);

  expect(world.latest.said.slice(before)).toEqual([{ type: "follow", generation: "g", after: 0 }]);
  expect(world.fetchReply).not.toHaveBeenCalled();
});

test("without a socket it stops asking for a reply that is gone", async () => {
  const reply = new Reply(replyView());
  world.fetchReply.mockResolvedValue("gone");
  world.stream.follow(reply, changed);
  await vi.advanceTimersByTimeAsync(30_000);

  expect(reply.isOver).toBe(true);
  expect(world.fetchReply).toHaveBeenCalledOnce();
});

test("a page in another language asks the server how the reply ended, in its words", async () => {
  const [told, asked] = [new Reply(replyView()), new Reply(replyView({ generation: "h" }))];
  world.latest.opens();
  const end = replyView({ status: "stopped", note: "Stopped by you." });
  world.stream.follow(told, changed);
  world.latest.hears({ type: "ended", generation: "g", reply: end });
  expect([told.view.note, world.fetchReply.mock.calls.length]).toEqual(["Stopped by you.", 0]);

  globalThis.django = { gettext: (sentence) => sentence, ngettext: (one) => one };
  try {
    world.fetchReply.mockResolvedValueOnce(replyView({ status: "stopped", note: "Von dir angehalten." }));
    world.stream.follow(asked, changed);
    world.latest.hears({ type: "ended", generation: "h", reply: end });
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.view.note).toBe("Von dir angehalten.");

    const unanswered = new Reply(replyView({ generation: "i" }));
    world.fetchReply.mockResolvedValueOnce(null);
    world.stream.follow(unanswered, changed);
    world.latest.hears({ type: "ended", generation: "i", reply: end });
    await vi.advanceTimersByTimeAsync(0);
    expect(unanswered.view.note).toBe("Stopped by you.");
  } finally {
    globalThis.django = undefined;
  }
});
