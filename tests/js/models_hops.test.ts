import { describe, expect, test } from "vitest";
import type { Delta } from "../../static/src/models/events";
import { type Hop, lineOf, merged, phasesOf, type Step } from "../../static/src/models/hops";
import { Reply } from "../../static/src/models/reply";
import { replyView } from "./models_cast";

const STEP: Step = {
  id: "a",
  name: "calculate",
  about: "12.5 × 3",
  state: "done",
  arguments: "{}",
  result: "37.5",
};

function hop(number: number, more: Partial<Hop> = {}): Hop {
  return { number, text_at: 0, reasoning_at: 0, steps: [STEP], ...more };
}

function delta(first: number, more: Partial<Delta>): Delta {
  return { type: "delta", generation: "g", first, last: first, ...more };
}

describe("hops", () => {
  test("a hop that came out takes the place of the one that ran", () => {
    const running = hop(1, { steps: [{ ...STEP, state: "running" }] });

    expect(merged([running], [hop(2), hop(1)]).map(({ number, steps }) => [number, steps[0]?.state])).toEqual(
      [
        [1, "done"],
        [2, "done"],
      ],
    );
    expect(merged([running], undefined)).toEqual([running]);
  });

  test("positions count characters as the server does, whatever the browser's do", () => {
    const hops = [hop(1, { reasoning_at: 3 }), hop(2, { reasoning_at: 4 })];

    expect(phasesOf("a𝟙b2c", hops)).toEqual(["a𝟙b", "2", "c"]);
    expect(phasesOf("a", hops)).toEqual(["a", "", ""]);
  });

  test("a step says what it is about, and how it came out", () => {
    expect(lineOf(STEP)).toBe("Calculated 12.5 × 3 = 37.5");
    expect(lineOf({ ...STEP, result: "≈ 0.3" })).toBe("Calculated 12.5 × 3 ≈ 0.3");
    expect(lineOf({ ...STEP, state: "running" })).toBe("Calculating 12.5 × 3…");
    expect(lineOf({ ...STEP, state: "failed" })).toBe("Could not calculate 12.5 × 3");
    expect(lineOf({ ...STEP, name: "erase", about: "", state: "failed" })).toBe("erase did not work");
  });
});

describe("a reply with steps", () => {
  test("thinks on after a step, until the next call writes; its time goes on from what it was", () => {
    const reply = new Reply(replyView({ status: "running" }), 0);

    reply.fold(delta(1, { reasoning: "Hm" }), 1000);
    reply.fold(delta(2, { text: "𝟙", thought_ms: 2000 }), 3000);
    expect([reply.phase, reply.isThinking]).toEqual(["writing", false]);

    reply.fold(delta(3, { hops: [hop(1, { text_at: 1, reasoning_at: 2 })] }), 3500);
    expect([reply.phase, reply.isThinking, reply.thoughtMs(3900)]).toEqual(["thinking", true, 2000]);

    reply.fold(delta(4, { reasoning: "So" }), 4000);
    expect(reply.thoughtMs(5000)).toBe(3000);

    reply.fold(delta(5, { text: "\n\n2", thought_ms: 3100 }), 5100);
    expect([reply.phase, reply.isThinking, reply.thoughtMs(9000)]).toEqual(["writing", false, 3100]);
    expect(reply.view.hops).toHaveLength(1);
  });
});
