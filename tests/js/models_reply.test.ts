import { describe, expect, test } from "vitest";
import type { Delta, Snapshot } from "../../static/src/models/events";
import { Reply } from "../../static/src/models/reply";
import { replyView } from "./models_cast";

function delta(first: number, last: number, text: string, reasoning = ""): Delta {
  return { type: "delta", generation: "g", first, last, text, reasoning, thought_ms: null };
}

describe("a reply", () => {
  test("grows by what follows on from it", () => {
    const reply = new Reply(replyView());

    expect([reply.fold(delta(1, 1, "Not ")), reply.fold(delta(2, 4, "quite."))]).toEqual(["taken", "taken"]);
    expect([reply.view.text, reply.seq]).toEqual(["Not quite.", 4]);
  });

  test("drops what it has", () => {
    const reply = new Reply(replyView({ seq: 4, text: "Not quite." }));

    expect(reply.fold(delta(1, 4, "Not quite."))).toBe("known");
    expect(reply.view.text).toBe("Not quite.");
  });

  test.each([
    ["behind a hole", delta(7, 8, "later")],
    ["that overlaps", delta(3, 6, "half known")],
  ])("does not take a frame %s", (_, frame) => {
    const reply = new Reply(replyView({ seq: 4, text: "Not quite." }));

    expect(reply.fold(frame)).toBe("gap");
    expect([reply.view.text, reply.seq]).toEqual(["Not quite.", 4]);
  });

  function snapshot(seq: number, text: string): Snapshot {
    return { type: "snapshot", generation: "g", seq, text, reasoning: "", thought_ms: null, hops: [] };
  }

  test("takes a snapshot instead of everything it has", () => {
    const reply = new Reply(replyView({ seq: 2, text: "garbled" }));

    expect(reply.fold(snapshot(3, "Not"))).toBe("taken");
    expect([reply.view.text, reply.seq]).toEqual(["Not", 3]);
    expect(reply.fold(delta(4, 4, " quite."))).toBe("taken");
  });

  test("does not shrink when an earlier snapshot comes late", () => {
    const reply = new Reply(replyView({ seq: 9, text: "Not quite." }));

    expect(reply.fold(snapshot(3, "Not"))).toBe("known");
    expect([reply.view.text, reply.seq]).toEqual(["Not quite.", 9]);
  });

  test("that is gone keeps what stands of it and waits for nothing", () => {
    const reply = new Reply(replyView({ text: "Not", reasoning: "Clause 7" }));
    reply.lose();

    const { text, note, note_kind, thought_line } = reply.view;
    expect([reply.phase, text, thought_line]).toEqual(["over", "Not", "Thought"]);
    expect([note, note_kind]).toEqual(["This reply is not here any more.", "quiet"]);
  });

  test("hears nothing after its end", () => {
    const reply = new Reply(replyView());
    reply.fold({ type: "ended", generation: "g", reply: replyView({ status: "stopped", text: "Not" }) });

    expect(reply.fold(delta(1, 1, "more"))).toBe("known");
    expect([reply.phase, reply.view.text]).toEqual(["over", "Not"]);
  });

  test("over HTTP never goes back in time", () => {
    const reply = new Reply(replyView({ seq: 9, text: "Not quite." }));

    expect(reply.replace(replyView({ seq: 3, text: "Not" }))).toBe("known");
    expect(reply.replace(replyView({ seq: 0, status: "done", text: "Not quite. Clause 7" }))).toBe("taken");
    expect(reply.isOver).toBe(true);
  });

  test("passes through its phases", () => {
    const reply = new Reply(replyView());
    const phases = [reply.phase];
    for (const frame of [delta(1, 1, "", " \n"), delta(2, 2, "", "Clause"), delta(3, 3, "Not")]) {
      reply.fold(frame);
      phases.push(reply.phase);
    }

    expect(phases).toEqual(["waiting", "waiting", "thinking", "writing"]);
  });

  test("counts thinking itself until the server says how long it was", () => {
    const reply = new Reply(replyView(), 1000);
    reply.fold(delta(1, 1, "", "Clause"), 2000);
    expect(reply.thoughtMs(9000)).toBe(7000);

    reply.fold({ ...delta(2, 2, "Not"), thought_ms: 6500 }, 9100);
    expect(reply.thoughtMs(20_000)).toBe(6500);
  });

  test("knows how long it has been waited for, since the server says so", () => {
    const reply = new Reply(replyView({ waiting_since_ms: 1500 }), 10_000);
    expect(reply.waitedMs(11_000)).toBe(2500);

    reply.fold({ type: "waiting", generation: "g", provider: "OpenRouter", since_ms: 4000 }, 12_000);
    expect([reply.provider, reply.waitedMs(12_000)]).toEqual(["OpenRouter", 4000]);
  });

  test("knows text that was carried over from text of its own", () => {
    const reply = new Reply(replyView({ text: "Not quite" }));
    const phases = [reply.phase];
    for (const frame of [delta(1, 1, "", "Clause"), delta(2, 2, ", then")]) {
      reply.fold(frame);
      phases.push(reply.phase);
    }

    expect(phases).toEqual(["waiting", "thinking", "writing"]);
    expect(reply.view.text).toBe("Not quite, then");
    const reloaded = replyView({ status: "running", seq: 1, text: "Not quite", reasoning: "Clause" });
    expect(new Reply(reloaded).phase).toBe("thinking");
  });
});
