/** How much of the model's context is used, as the composer says it. */

import { beforeEach, expect, test } from "vitest";
import { drawContextRead } from "../../static/src/elements/composer/context_read";
import { shortCount } from "../../static/src/elements/parts";

let line: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = `<p data-window="131072"><svg><rect data-part="read-bar"/></svg><span data-part="read-words"></span></p>`;
  line = document.querySelector("p") as HTMLElement;
});

test("a window that its provider stated is said as it is", () => {
  drawContextRead(line, 2_000);

  expect(line.textContent).toBe("≈\u00a02k of 131k to send");
});

test("a window that nobody has stated is called assumed", () => {
  line.dataset.assumed = "";

  drawContextRead(line, 2_000);

  expect(line.textContent).toBe("≈\u00a02k of 131k (assumed) to send");
});

// As in tests/accounts/test_money.py.
test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1k"],
  [5_886, "5.9k"],
  [99_949, "99.9k"],
  [99_950, "100k"],
  [131_072, "131k"],
  [999_499, "999k"],
  [999_500, "1M"],
  [1_048_576, "1M"],
  [2_000_000, "2M"],
])("%s tokens are %s at a glance, as on the server", (count, shown) => {
  expect(shortCount(count)).toBe(shown);
});
