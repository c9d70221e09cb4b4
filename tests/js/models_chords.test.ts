import { expect, test } from "vitest";
import { chordOf, type Press, writes } from "../../static/src/models/chords";
import { isMeant } from "../../static/src/models/palette";

function press(key: string, with_: Partial<Press> = {}): Press {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { key, code: "", isComposing: false, keyCode: 0, ...none, ...with_ };
}

test.each([
  ["mod+k", press("k", { ctrlKey: true }), false],
  ["mod+k", press("k", { metaKey: true }), true],
  ["mod+k", press("K", { ctrlKey: true }), false], // Caps Lock
  ["mod+k", press("л", { ctrlKey: true, code: "KeyK" }), false], // a Russian keyboard
  ["mod+/", press("/", { ctrlKey: true, shiftKey: true }), false], // a German one
  ["?", press("?", { shiftKey: true }), false],
  ["alt+n", press("n", { altKey: true }), false],
  ["alt+n", press("Dead", { altKey: true, code: "KeyN" }), true],
  ["alt+c", press("ç", { altKey: true, code: "KeyC" }), true],
  ["alt+arrowup", press("ArrowUp", { altKey: true }), false],
])("%s is known on every keyboard", (chord, event, isMac) => {
  expect(chordOf(event, isMac)).toBe(chord);
});

test.each([
  ["⌃K deletes to the end of a line on a Mac", press("k", { ctrlKey: true }), true],
  ["the key of a window's system", press("k", { metaKey: true }), false],
  ["Ctrl+Alt, which types letters on Windows", press("n", { ctrlKey: true, altKey: true }), false],
  ["Ctrl+Shift+K, which is Firefox's", press("K", { ctrlKey: true, shiftKey: true }), false],
  ["Enter that picks a word", press("Enter", { isComposing: true }), false],
  ["the same, as some browsers tell it", press("k", { ctrlKey: true, keyCode: 229 }), false],
])("%s is no key of ours", (_why, event, isMac) => {
  expect(chordOf(event, isMac)).toBe("");
});

test("a bracket that needs AltGr is a bracket", () => {
  expect(chordOf(press("[", { ctrlKey: true, altKey: true }), false, true)).toBe("[");
});

test("only what writes nothing is heard in a box", () => {
  expect(["mod+k", "alt+n", "?", "["].map((chord) => writes(chord, false))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect(["mod+k", "alt+n", "?"].map((chord) => writes(chord, true))).toEqual([false, true, true]);
});

test("an act is found by the beginnings of its words, in any order and without accents", () => {
  expect(isMeant("conv new", "New conversation")).toBe(true);
  expect(isMeant("reglages", "Réglages")).toBe(true);
  expect(isMeant("", "New conversation")).toBe(true);
  expect(isMeant("ersation", "New conversation")).toBe(false);
  expect(isMeant("new badger", "New conversation")).toBe(false);
});
