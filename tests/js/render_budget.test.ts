import { describe, expect, test } from "vitest";
import { MarkdownView } from "../../static/src/render/markdown";
import { rendered } from "./render_support";

/** Begins to count what this process works: how long it waits for its turn says how busy the machine is. */
function millisecondsOfWork(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

const isPlain = (page: HTMLElement) => page.classList.contains("prose--plain");

const BOMBS: Record<string, string> = {
  "a table of 5,000 columns": `${"|a".repeat(5_000)}\n${"|-".repeat(5_000)}\n${"|b\n".repeat(5_000)}`,
  "a table of 1,500 by 100": `${"|a".repeat(100)}\n${"|-".repeat(100)}\n${`${"|b".repeat(100)}\n`.repeat(1_500)}`,
  "5,000 quotations in one another": `${">".repeat(5_000)}a`,
  "lists in lists without end": Array.from({ length: 600 }, (_, depth) => `${"  ".repeat(depth)}- a`).join(
    "\n",
  ),
  "more text than anyone reads": "word ".repeat(90_000),
  "80,000 paragraphs": "*a*\n\n".repeat(79_000),
};

const ODDITIES: Record<string, string> = {
  "32,000 bold words": "**a**".repeat(32_000),
  "50,000 open brackets": "[".repeat(50_000),
  "20,000 open pictures": "![[".repeat(20_000),
  "growing backticks": Array.from({ length: 400 }, (_, n) => "`".repeat(n)).join(" "),
  "emphasis in emphasis": `${"*a **b ".repeat(3_000)}${"c** d* ".repeat(3_000)}`,
  "a very long word": "x".repeat(200_000),
  "10,000 dollars": "$a ".repeat(8_000),
  "8,000 open formulas": "\\(".repeat(8_000),
};

describe("a message that costs too much to draw", () => {
  test.each(Object.entries(BOMBS))("is shown as plain text, whole: %s", async (_name, text) => {
    const cost = millisecondsOfWork();
    const page = await rendered(text);

    expect(isPlain(page)).toBe(true);
    expect(page.textContent).toBe(text);
    expect(cost()).toBeLessThan(5_000);
  });

  test.each(Object.entries(ODDITIES))("is drawn in time: %s", async (_name, text) => {
    const cost = millisecondsOfWork();
    await rendered(text);

    expect(cost()).toBeLessThan(5_000);
  });

  test("goes on growing as plain text", () => {
    const target = document.createElement("div");
    const view = new MarkdownView(target);
    view.update(`${">".repeat(100)}a`, false);

    view.update(`${">".repeat(100)}abc`, true);

    expect(target.textContent).toBe(`${">".repeat(100)}abc`);
  });

  test("an over-long paragraph is plain within a formatted message", async () => {
    const page = await rendered(`# Title\n\n${"**a** ".repeat(5_000)}\n\n**end**`);

    expect(isPlain(page)).toBe(false);
    expect(page.querySelectorAll("strong").length).toBe(1);
  });
});

describe("a word without end", () => {
  test.each([
    [4_000, true],
    [4_001, false],
  ])("is kerned only while that is cheap: %d letters", async (letters, isKerned) => {
    const page = await rendered(`One\n\n${"x".repeat(letters)} and more`);

    expect(page.classList.contains("prose--unkerned")).toBe(!isKerned);
  });
});

describe("a formula that costs too much to draw", () => {
  test.each([
    `$${"{".repeat(500)}x${"}".repeat(500)}$`,
    `$${"\\frac{1}{".repeat(300)}x${"}".repeat(300)}$`,
    `$$\\begin{matrix}${"a&".repeat(500)}a\\end{matrix}$$`,
    `$${"x+".repeat(3_000)}x$`,
  ])("stays as its source", async (text) => {
    const page = await rendered(text);

    expect(page.querySelector(".katex")).toBeNull();
    expect(page.textContent?.trim()).toBe(text);
  });

  test("macros without end and giant rules do no harm", async () => {
    const page = await rendered("$\\def\\a{\\a\\a}\\a$ and $\\rule{99999em}{99999em}$");
    const widths = [...page.querySelectorAll<HTMLElement>("[style]")].map((box) =>
      Number.parseFloat(box.style.width || "0"),
    );

    expect(Math.max(0, ...widths)).toBeLessThanOrEqual(20);
  });
});
