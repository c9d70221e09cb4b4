import { beforeEach, expect, test, vi } from "vitest";
import { ComposerNote } from "../../static/src/elements/composer/note";

const CROWDED = "Parley is open in too many tabs. Close one, and this one goes on.";
let note: ComposerNote;
let again: HTMLButtonElement;

beforeEach(() => {
  vi.restoreAllMocks();
  document.body.innerHTML = `
    <p data-part="note" hidden><span data-part="note-text"></span><span data-part="fault-id"></span></p>
    <button data-part="try-again" hidden></button>`;
  note = new ComposerNote(document.body);
  again = document.querySelector("button") as HTMLButtonElement;
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

test("a server that does not answer can be asked again, as long as nothing else is said", () => {
  const tryAgain = vi.fn();
  note.hanging(tryAgain);
  expect(again.hidden).toBe(false);

  expect(note.triesAgain(again)).toBe(true);
  expect(tryAgain).toHaveBeenCalledOnce();
  expect(note.text).toBe("Sending…");
  expect(again.hidden).toBe(true);
});
