import { beforeEach, expect, test } from "vitest";
import { Look } from "../../static/src/models/look";

let answers: ((answer: string | null) => void)[];
let taken: string[];
let look: Look<string>;

beforeEach(() => {
  answers = [];
  taken = [];
  look = new Look(
    () => new Promise((resolve) => answers.push(resolve)),
    (answer) => taken.push(answer),
  );
});

async function answer(words: string | null): Promise<void> {
  answers.shift()?.(words);
  await Promise.resolve();
  await Promise.resolve();
}

test("an answer is taken", async () => {
  const looked = look.look();
  await answer("as it stands");
  await looked;

  expect(taken).toEqual(["as it stands"]);
});

test("an answer older than the page is thrown away and asked for anew", async () => {
  const looked = look.look();
  look.outdate();
  await answer("as it stood");
  expect(taken).toEqual([]);

  await answer("as it stands");
  await looked;
  expect(taken).toEqual(["as it stands"]);
});

test("there is one question at a time, and the last look gets an answer of its own", async () => {
  const looked = Promise.all([look.look(), look.look(), look.look()]);
  expect(answers).toHaveLength(1);
  await answer("first");
  expect(answers).toHaveLength(1);
  await answer("second");
  await looked;

  expect(taken).toEqual(["second"]);
});

test("when there is no answer the page stays as it is, and can look again", async () => {
  const looked = look.look();
  await answer(null);
  await looked;
  const again = look.look();
  await answer("as it stands");
  await again;

  expect(taken).toEqual(["as it stands"]);
});
