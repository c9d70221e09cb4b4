import { beforeEach, expect, test, vi } from "vitest";
import { Queue, type QueuedRow, type QueueView } from "../../static/src/models/queue";

let answers: ((view: QueueView | null) => void)[];
let shown: string[][];
let queue: Queue;

beforeEach(() => {
  answers = [];
  shown = [];
  queue = new Queue(
    of("a"),
    () => new Promise((resolve) => answers.push(resolve)),
    ({ rows }) => shown.push(rows.map(({ text }) => text)),
  );
});

function of(...texts: string[]): QueueView {
  return {
    conversation: "c",
    rows: texts.map((text) => ({ id: text, text, is_being_edited: false })),
    paused: "",
  };
}

test("it shows what the server has", async () => {
  const looked = queue.look();
  answers[0]?.(of("a", "b"));
  await looked;

  expect(shown).toEqual([["a", "b"]]);
});

test("a look that is older than what an act left is made again", async () => {
  const looked = queue.look();
  queue.take(of());
  answers[0]?.(of("a"));
  await vi.waitUntil(() => answers.length === 2);
  answers[1]?.(of("c"));
  await looked;

  expect(shown).toEqual([[], ["c"]]);
});

test("a server that cannot be reached leaves what is shown", async () => {
  const looked = queue.look();
  answers[0]?.(null);
  await looked;

  expect(shown).toEqual([]);
  expect(queue.view.rows).toHaveLength(1);
});

test("it goes on by itself while something waits and nothing holds it up", () => {
  expect(queue.isMoving).toBe(true);
  queue.take({ ...of("a"), paused: "You stopped the reply before it." });
  expect(queue.isMoving).toBe(false);
  queue.take(of());
  expect(queue.isMoving).toBe(false);
});

test("what is being edited does not go on by itself, and what stands behind it does", () => {
  const [edited, behind] = of("a", "b").rows.map((row) => ({ ...row, is_being_edited: row.id === "a" }));
  queue.take({ ...of(), rows: [edited as QueuedRow] });
  expect(queue.isMoving).toBe(false);
  queue.take({ ...of(), rows: [edited as QueuedRow, behind as QueuedRow] });
  expect(queue.isMoving).toBe(true);
});
