import { expect, test } from "vitest";
import { PlainText } from "../../static/src/render/plain";

function shown(pieces: string[]): HTMLElement {
  const target = document.createElement("div");
  const plain = new PlainText(target);
  for (const piece of pieces) plain.append(piece);
  return target;
}

const LINES = Array.from({ length: 3_000 }, (_, n) => `line ${n}${"\n".repeat((n % 3) + 1)}`).join("");

test("a text is all there, to the letter, and no line is in two blocks", () => {
  const page = shown([LINES]);

  expect(page.textContent).toBe(LINES);
  expect(page.children.length).toBeGreaterThan(3);
  for (const block of [...page.children].slice(0, -1)) expect(block.textContent).toMatch(/\n$/);
});

test.each([1, 7, 8_000, 9_001])("it stands the same when it comes in pieces of %i", (size) => {
  const pieces = [];
  for (let start = 0; start < LINES.length; start += size) pieces.push(LINES.slice(start, start + size));

  expect(shown(pieces).innerHTML).toBe(shown([LINES]).innerHTML);
});

test("what is added touches the last block and none before", () => {
  const target = document.createElement("div");
  const plain = new PlainText(target);
  plain.append(LINES);
  const before = [...target.children].slice(0, -1).map((block) => [block, block.firstChild]);

  plain.append("and more\n".repeat(2_000));

  expect([...target.children].slice(0, before.length).map((block) => [block, block.firstChild])).toEqual(
    before,
  );
});

test("one line without end is one block", () => {
  expect(shown(["x".repeat(50_000), "y".repeat(50_000)]).children).toHaveLength(1);
});
