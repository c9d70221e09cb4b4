/** Moments in their reader's zone: rewritten where the server did not know it, and left alone where it did. */

import { beforeEach, expect, test } from "vitest";
import { entitleTimes, localiseTimes } from "../../static/src/local-times";
import { zone } from "../../static/src/zone";

const MOMENT = "2026-11-21T23:05:00+09:00";

beforeEach(() => {
  document.body.innerHTML = `<time datetime="${MOMENT}" data-format="time">as the server wrote it</time>`;
});

function shown(): string | null | undefined {
  return document.querySelector("time")?.textContent;
}

test("what the server wrote in another zone is rewritten", () => {
  document.documentElement.dataset.zone = "Nowhere/Atlantis";

  localiseTimes();

  expect(shown()).toMatch(/^\d\d:\d\d$/);
});

test("what it wrote in the reader's own zone does not change under their eyes", () => {
  document.documentElement.dataset.zone = zone();

  localiseTimes();

  expect(shown()).toBe("as the server wrote it");
});

test("a pointer that comes to a time is told the whole moment", () => {
  entitleTimes();

  document.querySelector("time")?.dispatchEvent(new Event("pointerover", { bubbles: true }));

  expect(document.querySelector("time")?.title).toMatch(/2[12] November 2026/);
});

test("a turn that the page made itself gets its time", () => {
  document.documentElement.dataset.zone = zone();
  document.body.innerHTML = `<time datetime="${MOMENT}" data-format="time"></time>`;

  localiseTimes();

  expect(shown()).toMatch(/^\d\d:\d\d$/);
});
