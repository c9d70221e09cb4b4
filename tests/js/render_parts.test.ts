import { describe, expect, test } from "vitest";
import { copyOf } from "../../static/src/render/code_acts";
import { fileNameOf } from "../../static/src/render/file_name";
import { MarkdownView } from "../../static/src/render/markdown";
import { rendered } from "./render_support";

describe("code", () => {
  test("a block names its language and copies exactly what it shows", async () => {
    const page = await rendered("```python title=x\ndef f():\n    return '<b>'\n```");
    const code = page.querySelector("code") as HTMLElement;

    expect(page.querySelector(".code__language")?.textContent).toBe("python");
    expect(page.querySelector(".code__copy")?.textContent).toBe("Copy");
    expect(copyOf(code)).toBe("def f():\n    return '<b>'");
  });

  test("a known language is coloured by classes alone, without changing a letter", async () => {
    const page = await rendered('```ts\nconst a: string = "<b>"; // c\n```');
    const code = page.querySelector("code");

    expect(code?.textContent).toBe('const a: string = "<b>"; // c\n');
    expect(code?.querySelector(".hljs-keyword")?.textContent).toBe("const");
    expect(code?.querySelector("[style]")).toBeNull();
  });

  test("an unknown language is shown as it is, under its own name", async () => {
    const page = await rendered("```brainfart\n+++\n```\n\n```constructor\n---\n```");

    expect([...page.querySelectorAll(".code__language")].map((label) => label.textContent)).toEqual([
      "brainfart",
      "constructor",
    ]);
    expect(page.querySelector("code span")).toBeNull();
  });

  test("a block without a language is text", async () => {
    const page = await rendered("    indented\n");

    expect(page.querySelector(".code__language")?.textContent).toBe("text");
  });
});

describe("a block's buttons", () => {
  const BLOCK = "```py\n# tools/count.py\nprint(1)\n```";
  const button = (page: Element, name: string) =>
    [...page.querySelectorAll("button")].find((one) => one.textContent === name) as HTMLButtonElement;

  test("lines are wrapped and unwrapped, and the button says which", async () => {
    const page = await rendered(BLOCK);
    const wrap = button(page, "Wrap");

    wrap.click();
    expect(wrap.getAttribute("aria-pressed")).toBe("true");
    expect(page.querySelector(".code--wrapped")).not.toBeNull();

    wrap.click();
    expect(wrap.getAttribute("aria-pressed")).toBe("false");
    expect(page.querySelector(".code--wrapped")).toBeNull();
  });

  test("they work once for each click, however often the text was drawn anew", () => {
    const target = document.createElement("div");
    for (let n = 0; n < 2; n++) new MarkdownView(target).update(BLOCK, true);

    button(target, "Wrap").click();

    expect(button(target, "Wrap").getAttribute("aria-pressed")).toBe("true");
  });

  test("the block is one and the same while it grows, and when it has ended", async () => {
    const target = document.createElement("div");
    document.body.append(target);
    const view = new MarkdownView(target);
    view.update("Look:\n\n```py\na = 1", false);
    const wrap = button(target, "Wrap");
    wrap.click();
    wrap.focus();

    view.update("Look:\n\n```py\na = 1\nb = 2", false);
    view.update("Look:\n\n```py\na = 1\nb = 2\n```\n\nSo[^1].\n\n[^1]: Note", true);
    await view.finished;

    expect(document.activeElement).toBe(wrap);
    expect(wrap.getAttribute("aria-pressed")).toBe("true");
    expect(target.querySelector("code")?.textContent).toBe("a = 1\nb = 2\n");
    expect(target.querySelector("code .hljs-number")).not.toBeNull();
  });

  test.each([
    ["python", "print(1)", "code.py"],
    ["ts", "let a", "code.ts"],
    ["tsx", "let a", "code.tsx"],
    ["html", "<b>", "code.html"],
    ["Dockerfile", "FROM a", "Dockerfile"],
    ["make", "all:", "Makefile"],
    ["", "words", "code.txt"],
    ["constructor", "words", "code.txt"],
    ["py", "# tools/count.py\nprint(1)", "count.py"],
    ["js", "// file: src\\a.test.mjs\nlet a", "a.test.mjs"],
    ["css", "/* app.css */\nb {}", "app.css"],
    ["html", "<!-- index.html -->", "index.html"],
    ["sh", "# ../../etc/passwd", "code.sh"],
    ["sh", "# ../../.bashrc.sh", "code.sh"],
    ["py", "# about version 1.5 of it", "code.py"],
  ])("a download in %s of %j is called %s", (language, text, name) => {
    expect(fileNameOf(language, text)).toBe(name);
  });
});

describe("formulas", () => {
  const isDrawn = async (text: string) => (await rendered(text)).querySelectorAll(".katex").length;

  test.each([
    "$x$",
    "$E = mc^2$, said he.",
    "a \\(x\\) b",
    "\\[ x \\]",
    "$$x$$",
    "Then\n$$\na\n- b\n$$\nand so on",
    "in **bold $x$**",
    "- item\n\n  $$\n  x\n  $$",
    "$2x + 3$",
  ])("is drawn: %s", async (text) => {
    expect(await isDrawn(text)).toBe(1);
  });

  test.each([
    "It costs $5 and $10.",
    "Between $5 and 10$.",
    "US$5 to US$6",
    "$3 million or 4$ more",
    "$1,000/$2,000",
    "$5-$10, $5–$10 or $20/$30",
    "$PATH:$HOME and $HOME/$USER",
    "`$x$` in code",
    "\\$x\\$",
    "$ x $",
    "```\n$x$\n```",
    "$$ never closed",
    "costs $5 or `x$`",
  ])("is not maths: %s", async (text) => {
    const page = await rendered(text);

    expect(page.querySelector(".maths")).toBeNull();
  });

  test("money stays as it was written", async () => {
    const page = await rendered("It costs $5 and $10, or $7.");

    expect(page.textContent).toBe("It costs $5 and $10, or $7.\n");
  });

  test("a display stands by itself, a formula in its line", async () => {
    const page = await rendered("A $x$ line.\n\n$$\ny\n$$");

    expect(page.querySelector("p > .maths")?.classList.contains("maths--block")).toBe(false);
    expect(page.querySelector("div.maths--block .katex-display")).not.toBeNull();
  });
});

describe("tables, tasks and headings", () => {
  test("columns are aligned by class", async () => {
    const page = await rendered("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2<br>3 | 4 |");

    expect([...page.querySelectorAll("td")].map((cell) => cell.className)).toEqual([
      "align-left",
      "align-center",
      "align-right",
    ]);
    expect(page.querySelector("td br")).not.toBeNull();
    expect(page.querySelector(".table-scroll > table")).not.toBeNull();
    expect(page.querySelector("[style]")).toBeNull();
  });

  test("tasks are said in words", async () => {
    const page = await rendered("- [x] bread\n- [ ] salt\n- [link](https://a.test)");

    expect([...page.querySelectorAll("li")].map((item) => [item.className, item.textContent])).toEqual([
      ["task task--done", "Done: bread"],
      ["task", "To do: salt"],
      ["", "link"],
    ]);
  });

  test("a reply's headings begin below the page's own", async () => {
    const page = await rendered("# One\n\n###### Six");

    expect([...page.children].map((child) => child.tagName)).toEqual(["H2", "H6"]);
  });

  test("reasoning has bold lines for headings", async () => {
    const page = await rendered("## One", { plainHeadings: true });

    expect(page.innerHTML.trim()).toBe('<p class="heading">One</p>');
  });
});

describe("footnotes", () => {
  const TEXT = "One[^a], two[^b], one again[^a].\n\n[^b]: Second *note*.\n[^a]: First note.";

  test("stand at the end in the order in which they are called, each with its ways back", async () => {
    const page = await rendered(TEXT);
    const marks = [...page.querySelectorAll("sup a")];

    expect(marks.map((mark) => mark.textContent)).toEqual(["1", "2", "1"]);
    expect([...page.querySelectorAll(".notes li")].map((note) => note.textContent?.trim())).toEqual([
      "First note. ↩\uFE0E ↩\uFE0E",
      "Second note. ↩\uFE0E",
    ]);
    for (const link of page.querySelectorAll("sup a, .notes a")) {
      const there = page.querySelector(link.getAttribute("href") as string);
      expect(there?.matches(link.matches("sup a") ? ".notes li" : "sup a")).toBe(true);
      expect(link.getAttribute("aria-label")).toMatch(/footnote \d/i);
    }
  });

  test("of two messages on a page lead each to its own", async () => {
    document.body.replaceChildren();
    const pages = [await rendered(TEXT), await rendered(TEXT)];
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    for (const page of pages) {
      const there = document.querySelector(page.querySelector("sup a")?.getAttribute("href") as string);
      expect(page.contains(there)).toBe(true);
    }
  });

  test("lose no word: uncalled, twice defined or within another they stay where they were written", async () => {
    const page = await rendered(
      "A[^a].\n\n[^a]: One\n[^a]: Two\n[^c]: Three\n\n> [^d]: Four\n>\n>     [^e]: Five [^d]",
    );

    for (const word of ["One", "Two", "Three", "Four", "Five"]) expect(page.textContent).toContain(word);
    expect(page.querySelectorAll(".notes > ol > li").length).toBe(2);
  });

  test("are as they were written until all of the text is there", () => {
    const target = document.createElement("div");
    const view = new MarkdownView(target);

    view.update("A[^a].\n\n[^a]: One\n\nmore", false);

    expect(target.textContent?.replace(/\n/g, "")).toBe("A[^a].[^a]: Onemore");
  });
});

describe("addresses", () => {
  test.each([
    ["https://example.org/a?b=(c).", "https://example.org/a?b=(c)"],
    ["see www.example.org/a, then", "https://www.example.org/a"],
    ["write to ann.b@example.org.", "mailto:ann.b@example.org"],
  ])("a bare one is a link: %s", async (text, address) => {
    const links = [...(await rendered(text)).querySelectorAll("a")];

    expect(links.map((link) => link.getAttribute("href"))).toEqual([address]);
  });

  test("gone words are struck through", async () => {
    expect((await rendered("~~gone~~ ~5 to ~6")).querySelectorAll("s").length).toBe(1);
  });
});
