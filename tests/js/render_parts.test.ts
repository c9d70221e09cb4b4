import { describe, expect, test } from "vitest";
import { copyOf } from "../../static/src/render/code";
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
