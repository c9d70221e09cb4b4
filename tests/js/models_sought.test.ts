import { expect, test } from "vitest";
import { folded, patternOf } from "../../static/src/models/sought";

/** What stands in the text at each place where this is found. */
function hits(text: string, words: string[], { begins = true, ends = true } = {}): string[] {
  const same = folded(text);
  const pattern = patternOf([{ words, begins, ends }]);
  return [...same.text.matchAll(pattern as RegExp)].map(({ 0: hit, index }) =>
    text.slice(same.placeOf(index), same.placeOf(index + hit.length)),
  );
}

test("case, accents and the width of letters make no difference, and the text is told as it stands", () => {
  expect(hits("Café, CAFE\u0301 and ｃａｆｅ", ["cafe"])).toEqual(["Café", "CAFE\u0301", "ｃａｆｅ"]);
  expect(hits("Die Straße. STRASSE!", ["strasse"])).toEqual(["Straße", "STRASSE"]);
  expect(hits("🦡 Ὀδυσσεύς", ["οδυσσευσ"])).toEqual(["Ὀδυσσεύς"]);
});

test("a word is found whole, its beginning where it was still being typed", () => {
  expect(hits("badgers, badger", ["badger"])).toEqual(["badger"]);
  expect(hits("badgers, a badger", ["badg"], { ends: false })).toEqual(["badg", "badg"]);
});

test("words in a row are found over whatever stands between words", () => {
  expect(hits("They hold, **hands**; hold on, my hands", ["hold", "hands"])).toEqual(["hold, **hands"]);
});

test("scripts without spaces are found within a run, and end the words beside them", () => {
  expect(hits("量子计算很难", ["计算"], { begins: false, ends: false })).toEqual(["计算"]);
  expect(hits("量子qubit很难", ["qubit"])).toEqual(["qubit"]);
});

test("of nothing that was looked for there is nothing to find", () => {
  expect(patternOf([])).toBeNull();
});
