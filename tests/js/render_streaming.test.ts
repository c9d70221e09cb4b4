import { afterEach, describe, expect, test, vi } from "vitest";
import { MarkdownView } from "../../static/src/render/markdown";
import { drawnIn, everyPrefixOf, rendered, streamed } from "./render_support";

const SAMPLES: Record<string, string> = {
  "a list that goes on after a blank line":
    "1. a\n\n2. b\n\n10. c\n\ntext\n\n- x\n\n  more\n\n- y\n\n-- z\n\n---\n",
  "a heading made by the line below": "para\n---\n\nnext\n===\nlast\n",
  "fences, closed and not": "```py\na\n\nb\n```\n\ntext\n\n~~~\n```\n\n~~~\n\n```js\nopen\n\nstill",
  "a fence that turns out to be none": "para\n\n```a`\n\nmore\n\n```\ncode\n",
  tables: "a | b\n---|:-:\n1 | 2\n\npara\nc | d\n---|---x\n\n| e |\n|--:|\n| `f|` |\nlast",
  "quotations and code by indent": "> a\nlazy\n\n> b\n>\n> > c\n\n    code\n\n    more\n\ntext\n\n\tcode",
  formulas: "Let $x^2$ be\n\n$$\na\n- b\n$$\n\nand \\(y\\) or\n\\[\nz\n\\]\n\n$$ open\n\nend $1 and $2",
  "references before and after":
    "[a] and [b][c]\n\n[a]: https://a.test\n\n[a] again\n\n[c]: https://c.test 'x'\n\nend",
  "tasks, emphasis and breaks":
    "- [ ] open\n- [x] *done*\n\n**bold _both_** ~~gone~~<br>line  \nbreak\\\nend",
  "unclosed everything": '**a *b `c [d](https://e.test "f\n\n![g](https://h.test\n\n<div\n\n&amp &am',
  "carriage returns": "a\r\n\r\nb\rc\r\r- d\r\n\r\n  e\r\n\r\nf",
  "odd characters": "a\u0000b \ud83d\ude00 \ud800 \u2028\n\n\u00a0\n\nc\u200b\n\n\ufeffd",
  footnotes: "A[^1] and[^2].\n\n[^1]: One\n\n    and more\n\nB[^1].\n\n[^2]: Two\n[^3]: Three\n\nend",
  html: "<div>\n\n*a*\n\n</div>\n\n<!-- b\n\n-->\n\n<script>\n\nc\n\n</script>",
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a text that grows letter by letter", () => {
  test.each(Object.entries(SAMPLES))("ends as it would have come at once: %s", async (_name, text) => {
    const whole = await rendered(text);

    const grown = await streamed(text, everyPrefixOf(text));

    expect(drawnIn(grown)).toBe(drawnIn(whole));
  });

  test("ends the same whatever follows what", { timeout: 30_000 }, async () => {
    const texts = Object.values(SAMPLES);
    for (const first of texts) {
      for (const second of texts) {
        const text = `${first}\n\n${second}`;

        const grown = await streamed(text, steps(text, 31));

        expect(drawnIn(grown)).toBe(drawnIn(await rendered(text)));
      }
    }
  });

  // Formulas and colours come late; references act backwards, and are seen to at the end.
  const atOnce = Object.entries(SAMPLES).filter(([name]) => !/^(formulas|references)/.test(name));

  test.each(atOnce)("says at every letter what it would say drawn anew: %s", async (_name, text) => {
    const ends = [...everyPrefixOf(text)];
    const seen: string[] = [];

    await streamed(text, ends, (page) => seen.push(drawnIn(page)));

    expect(seen).toEqual(ends.map((end) => drawnAnew(text.slice(0, end))));
  });

  test("leaves the blocks of its open end alone that say the same", () => {
    const [target, show] = held();
    show("# Title\n> said\n- one\n");
    const [title, quotation] = target.children;
    title?.append(" (touched)");

    show("# Title\n> said\n- one\n- two");

    expect([...target.children].slice(0, 2)).toEqual([title, quotation]);
    expect(target.children[0]?.textContent).toBe("Title (touched)");
    expect(target.querySelectorAll("li")).toHaveLength(2);
  });

  test("leaves alone what stands before the place where a paragraph, a list or a table goes on", () => {
    const first = "**a** b\n\n- one\n- *two*";
    const second = `${first} more **and**\n- three\n\n| x | y |\n|---|---|\n| \`c\` | d`;
    const [target, show] = held();
    show(first);
    const [item, em] = [target.querySelector("li"), target.querySelector("em")];
    em?.append(" (touched)");

    show(second);
    expect(target.querySelector("li")).toBe(item);
    expect(target.querySelector("em")).toBe(em);
    expect(target.querySelectorAll("li")[1]?.textContent).toBe("two (touched) more and");

    const [table, cell] = [target.querySelector(".table-scroll"), target.querySelector("td")];
    show(`${second} & e | f |\n| g | **h**`);
    expect(target.querySelector(".table-scroll")).toBe(table);
    expect(target.querySelector("td")).toBe(cell);
    expect(target.querySelector("table")?.textContent).toMatch(/c\s*d & e\s*g\s*h/);
  });

  test("leaves a text alone that only grows, whatever it holds", () => {
    const [target, show] = held();
    for (const begun of ["a", "> - a", "```\na", "| a |\n|---|\n| a"]) {
      show(begun);
      const text = lastText(target);
      show(`${begun} < b & "c"`);
      expect(lastText(target)).toBe(text);
      expect(text?.data.trimEnd()).toBe('a < b & "c"');
    }
  });

  test("keeps what is settled: the same elements, untouched", () => {
    const target = document.createElement("div");
    const view = new MarkdownView(target);
    view.update("First.\n\nSecond.\n\nTh", false);
    const first = target.querySelector("p");

    view.update("First.\n\nSecond.\n\nThird.\n\nFourth", false);
    view.update("First.\n\nSecond.\n\nThird.\n\nFourth.", true);

    expect(target.querySelector("p")).toBe(first);
    expect(target.textContent).toBe("First.\nSecond.\nThird.\nFourth.\n");
  });

  test("may be cut shorter or replaced", () => {
    const target = document.createElement("div");
    const view = new MarkdownView(target);
    view.update("One.\n\nTwo.\n\nThree.", false);

    view.update("One.\n\nTw", true);
    expect(target.textContent).toBe("One.\nTw\n");

    view.update("Other.", true);
    expect(target.textContent).toBe("Other.\n");
  });

  test.each([
    ["Some **bold", "Some <strong>bold</strong>"],
    ["Some **bold and *it", "Some <strong>bold and <em>it</em></strong>"],
    ["Some **bold and *it* and", "Some <strong>bold and <em>it</em> and</strong>"],
    ["Some **bold*", "Some <strong>bold</strong>"],
    ["Some **bold** and", "Some <strong>bold</strong> and"],
    ["Some **", "Some"],
    ["Some **`", "Some"],
    ["Some **`co", "Some <strong><code>co</code></strong>"],
    ["Some `co", "Some <code>co</code>"],
    ["Some ``c`", "Some <code>c</code>"],
    ["See [its *page](https://exa", "See its *page"],
    ["See **[its page](htt", "See <strong>its page</strong>"],
    ["See ![a cat](https://exa", "See a cat"],
  ])("is drawn as it will be once its end is closed: %s", (text, drawn) => {
    expect(drawnAnew(text)).toBe(`<p>${drawn}</p>\n`);
    expect(drawnAnew(`- one\n- ${text}`)).toContain(`<li>${drawn}</li>`);
  });

  test.each([
    ["2 * 3 ** 4 *", "2 * 3 ** 4"],
    ["*args and \\**kw", "*args and **kw"],
    ["***all of it***", "<em><strong>all of it</strong></em>"],
    ["list[0](i", "list[0](i"],
    ["so**“it was", "so**“it was"],
    ["[1] and [two](three four", "[1] and [two](three four"],
    ["`a ** b` and", "<code>a ** b</code> and"],
  ])("is not taken for what it is not: %s", (text, drawn) => {
    expect(drawnAnew(text)).toBe(`<p>${drawn}</p>\n`);
  });

  test("says what it says where nothing closed it after all", () => {
    expect(drawnAnew("a **b `c\n\nd")).toBe("<p>a **b `c</p>\n<p>d</p>\n");
  });

  test("shows that it is still being written", () => {
    const target = document.createElement("div");
    const view = new MarkdownView(target);

    view.update("One", false);
    expect(target.classList.contains("prose--live")).toBe(true);

    view.update("One.", true);
    expect(target.classList.contains("prose--live")).toBe(false);
  });
});

/** A page, and a way to show a growing text there at once, however busy the machine is. */
function held(): [HTMLElement, (text: string) => void] {
  vi.spyOn(performance, "now").mockReturnValue(0);
  const target = document.createElement("div");
  const view = new MarkdownView(target);
  return [target, (text) => view.update(text, false)];
}

function lastText(root: Node): Text | undefined {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (texts.nextNode()) if (texts.currentNode.nodeValue?.trim()) found.push(texts.currentNode as Text);
  return found.at(-1);
}

function drawnAnew(text: string): string {
  const page = document.createElement("div");
  new MarkdownView(page).update(text, false);
  return drawnIn(page);
}

function* steps(text: string, size: number): Iterable<number> {
  for (let end = size; end < text.length; end += size) yield end;
}
