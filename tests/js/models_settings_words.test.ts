import { expect, test } from "vitest";
import { settingsWords } from "../../static/src/models/settings_words";

const USUAL = { instructions: "", temperature: "", top_p: "", reply_limit: "", tools: "" };

test("what is set is named, and nothing is said where all is as usual", () => {
  const all = {
    instructions: "Be brief.",
    temperature: "0",
    top_p: "0.9",
    reply_limit: "4000",
    tools: "calculate",
  };

  expect(settingsWords(USUAL)).toBe("");
  expect(settingsWords({ ...USUAL, temperature: "0.7" })).toBe("Set for this conversation: temperature 0.7.");
  expect(settingsWords(all)).toBe(
    "Set for this conversation: instructions, temperature 0, top-p 0.9, at most 4,000 tokens, may calculate.",
  );
});
