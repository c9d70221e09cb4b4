import { beforeEach, expect, test, vi } from "vitest";
import { ComposerNote } from "../../static/src/elements/composer_note";

const CROWDED = "Parley is open in too many tabs. Close one, and this one goes on.";
let note: ComposerNote;

beforeEach(() => {
  vi.restoreAllMocks();
  document.body.innerHTML = `
    <p data-part="note" hidden><span data-part="note-text"></span><span data-part="fault-id"></span></p>`;
  note = new ComposerNote(document.body);
});

test("that too many tabs are open is said until it is over, whatever is typed", () => {
  note.crowded(true);
  expect(note.text).toBe(CROWDED);

  note.pass();
  expect(note.text).toBe(CROWDED);
  note.crowded(false);
  expect(note.text).toBe("");
});

test("why a send was refused is not talked over by the tabs", () => {
  note.say("You have reached $5.00.", "alert");
  note.crowded(true);
  expect(note.text).toBe("You have reached $5.00.");

  note.pass();
  expect(note.text).toBe(CROWDED);
});

test("being offline goes before everything, and leaves what still holds", () => {
  const onLine = vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  note.crowded(true);
  note.keepUp(false, false);
  expect(note.text).toMatch(/^You are offline/);

  onLine.mockReturnValue(true);
  note.keepUp(true, false);
  expect(note.text).toBe(CROWDED);
});
