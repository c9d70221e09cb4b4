import { expect, test } from "vitest";
import { DraftStore, EMPTY_DRAFT } from "../../static/src/models/draft";
import { keepIn, readKept, storageIn } from "../../static/src/models/storages";

function forbidden(): never {
  throw new DOMException("Access is denied for this document.", "SecurityError");
}

test.each([
  ["forbids pages to keep anything", forbidden],
  ["has no such thing", () => null],
])("where a browser %s, a page remembers for as long as it stands", (_, find) => {
  const storage = storageIn(find);
  storage.setItem("a", "1");
  storage.setItem("b", "2");
  storage.removeItem("a");

  expect([storage.length, storage.key(0), storage.getItem("b"), storage.getItem("a")]).toEqual([
    1,
    "b",
    "2",
    null,
  ]);
});

test("what does not fit is said not to be kept", () => {
  const full = storageIn(forbidden);
  full.setItem = () => {
    throw new DOMException("", "QuotaExceededError");
  };

  expect(keepIn(full, "a", "1")).toBe(false);
});

test.each([null, "", "{{{", "null"])("%j says nothing", (kept) => {
  expect(readKept(kept)).toBeNull();
});

test.each([
  ["{{{", EMPTY_DRAFT],
  ["5", EMPTY_DRAFT],
  ['"words"', EMPTY_DRAFT],
  ['{"text": 5, "effort": {}, "clientId": null, "pastes": null}', EMPTY_DRAFT],
  ['{"text": "Typed.", "pastes": "abc"}', { ...EMPTY_DRAFT, text: "Typed." }],
  [
    '{"text": "Typed.", "pastes": [5, "Pasted.", {}]}',
    { ...EMPTY_DRAFT, text: "Typed.", pastes: ["Pasted."] },
  ],
])("of %s in a draft's place, what can be one is taken", (kept, draft) => {
  const [own, latest] = [storageIn(forbidden), storageIn(forbidden)];
  latest.setItem("parley.draft.alice.lease", kept);

  expect(new DraftStore(own, latest, "alice").load("lease")).toEqual(draft);
});
