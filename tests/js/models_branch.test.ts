import { expect, test } from "vitest";
import { changesTo } from "../../static/src/models/branch";
import type { MessageView } from "../../static/src/models/views";

function branch(...ids: string[]): MessageView[] {
  return ids.map((id) => ({
    id,
    role: "user",
    author_name: "",
    created_at: "",
    text: "",
    versions: null,
    rating: null,
    whole: "",
    fold: null,
    reply: null,
  }));
}

function changes(standing: string[], messages: MessageView[]): Record<string, string[]> {
  const { stay, go, come } = changesTo(standing, messages);
  return { stay: stay.map(({ id }) => id), go: [...go], come: come.map(({ id }) => id) };
}

test.each([
  ["nothing has changed", ["a", "b"], ["a", "b"], { stay: ["a", "b"], go: [], come: [] }],
  ["it went on", ["a"], ["a", "b"], { stay: ["a"], go: [], come: ["b"] }],
  ["its end was given up", ["a", "b"], ["a"], { stay: ["a"], go: ["b"], come: [] }],
  [
    "it parts in the middle",
    ["a", "b", "c"],
    ["a", "x", "y"],
    { stay: ["a"], go: ["b", "c"], come: ["x", "y"] },
  ],
  ["it parts at once", ["a", "b"], ["x"], { stay: [], go: ["a", "b"], come: ["x"] }],
  ["nothing stood", [], ["a"], { stay: [], go: [], come: ["a"] }],
])("when %s", (_, standing, wanted, expected) => {
  expect(changes(standing, branch(...wanted))).toEqual(expected);
});
