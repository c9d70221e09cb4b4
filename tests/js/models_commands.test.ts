import { expect, test } from "vitest";
import { asTyped, readCommand, readText } from "../../static/src/models/commands";
import { aboutTokens } from "../../static/src/models/tokens";

const KNOWN = new Set(["new", "title", "think"]);

test.each([
  ["/new", { kind: "command", name: "new", argument: "" }],
  ["/NEW ", { kind: "command", name: "new", argument: "" }],
  [
    "/title  Costs of the new office ",
    { kind: "command", name: "title", argument: "Costs of the new office" },
  ],
  ["/nwe", { kind: "unknown", name: "nwe" }],
  ["/wave at me", { kind: "unknown", name: "wave" }],
  ["//new", { kind: "text", text: "/new" }],
  ["// a comment", { kind: "text", text: "// a comment" }],
  ["/etc/hosts is broken", { kind: "text", text: "/etc/hosts is broken" }],
  ["/new\nand more", { kind: "text", text: "/new\nand more" }],
  ["What is /new?", { kind: "text", text: "What is /new?" }],
  ["/", { kind: "text", text: "/" }],
])("%j is read as what it is", (text, reading) => {
  expect(readCommand(text, KNOWN)).toEqual(reading);
});

test.each([
  "/new",
  "//new",
  "///x y",
  "/etc/hosts is broken",
  "// a comment",
  "/new\nand more",
  "What?",
  "/",
])("%j is sent as it is, once it stands in the box as such", (text) => {
  expect(readCommand(asTyped(text), KNOWN)).toEqual({ kind: "text", text });
  expect(readText(asTyped(text))).toBe(text);
});

test("tokens are guessed from bytes, so that no script counts less than it takes", () => {
  expect(aboutTokens("")).toBe(0);
  expect(aboutTokens("x".repeat(31_204))).toBe(7_801);
  expect(aboutTokens("话".repeat(400))).toBe(300);
});
