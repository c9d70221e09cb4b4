/** Sentences in English, and in another language once the page has its catalogue. */
import { afterEach, expect, test } from "vitest";
import { t, tn } from "../../static/src/words";

afterEach(() => {
  globalThis.django = undefined;
});

test("without a catalogue a sentence stands as it is written, with its values", () => {
  expect(t("Copy")).toBe("Copy");
  expect(t("Footnote %(number)s of %(all)s", { number: 3, all: "7" })).toBe("Footnote 3 of 7");
  expect(t("100 % of it")).toBe("100 % of it");
});

test("a count chooses the sentence and stands in it", () => {
  expect(tn("%(count)s file", "%(count)s files", 1)).toBe("1 file");
  expect(tn("%(count)s file in %(place)s", "%(count)s files in %(place)s", 0, { place: "it" })).toBe(
    "0 files in it",
  );
  expect(tn("%(count)s sign", "%(count)s signs", 1200, { count: "1,200" })).toBe("1,200 signs");
});

test("a value that looks like a place stays what it is", () => {
  expect(t("%(first)s and %(second)s", { first: "%(second)s", second: "$&" })).toBe("%(second)s and $&");
});

test("the page's catalogue speaks, and values find their places in another order", () => {
  globalThis.django = {
    gettext: (sentence) =>
      ({ "%(first)s before %(second)s": "%(second)s nach %(first)s" })[sentence] ?? sentence,
    ngettext: (_one, _many, count) => (count === 1 ? "%(count)s Datei" : "%(count)s Dateien"),
  };

  expect(t("%(first)s before %(second)s", { first: "A", second: "B" })).toBe("B nach A");
  expect(t("Copy")).toBe("Copy");
  expect(tn("%(count)s file", "%(count)s files", 2)).toBe("2 Dateien");
});
