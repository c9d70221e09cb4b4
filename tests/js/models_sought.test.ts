import { expect, test } from "vitest";
import { closest, folded, placesIn, type Sought } from "../../static/src/models/sought";

/** What stands in the text at each place where this is found. */
function hits(text: string, words: string[], { begins = true, ends = true } = {}): string[] {
  const same = folded(text);
  return placesIn(same.text, [{ words, begins, ends }]).map(({ start, end }) =>
    text.slice(same.placeOf(start), same.placeOf(end)),
  );
}

/** What stands where these terms, of one or of several words in a row, are closest together. */
function together(text: string, ...terms: string[]): string | null {
  const sought: Sought[] = terms.map((term) => ({ words: term.split(" "), begins: true, ends: true }));
  const found = closest(placesIn(text, sought));
  return found && text.slice(found.start, found.end);
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

test("words lead to where all of them stand closest together, in whatever order", () => {
  const text =
    "a great bird, one great lake, no auk. the auk, greatly missed, a great old auk, the great auks";
  expect(together(text, "great", "auk")).toBe("great old auk");
  expect(together(text, "auk", "great")).toBe("great old auk");
  expect(together("auk great, great auk", "great", "auk")).toBe("auk great");
});

test("words in a row lead to the row, and with another word to where both are", () => {
  const text = "great. auk. a great auk, and far away a great auk in iceland";
  expect(together("auk, great, a great auk", "great auk")).toBe("great auk");
  expect(together(text, "great auk", "iceland")).toBe("great auk in iceland");
});

test("a word that the text does not show keeps nobody from the others", () => {
  expect(together("a great bird, a great auk", "great", "auk", "hidden")).toBe("great auk");
  expect(together("a great bird", "auk")).toBeNull();
  expect(together("a great bird")).toBeNull();
});
