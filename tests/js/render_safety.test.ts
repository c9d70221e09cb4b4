import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawnIn, everyPrefixOf, rendered, streamed } from "./render_support";

/** The list that the browser's tests of the policy and the sanitiser go by: texts by name, by what they would do. */
const ATTACKS: Record<string, Record<string, string>> = JSON.parse(
  readFileSync("tests/attacks.json", "utf8").replaceAll("{evil}", "https://evil.test"),
);
const HOSTILE = Object.values(ATTACKS).flatMap((kind) => Object.entries(kind));

function expectHarmless(page: HTMLElement): void {
  const made = page.querySelectorAll(
    "script, style, link, img, svg:not(.katex svg), iframe, form, input, object, embed, base, meta, video, audio",
  );
  expect([...made].map((element) => element.outerHTML)).toEqual([]);
  for (const element of page.querySelectorAll(":not(.katex *)")) {
    const names = element.getAttributeNames();
    expect(
      names.filter((name) => /^on|^(style|id|name|src|srcset|srcdoc|ping|xlink:href|action)$/.test(name)),
    ).toEqual([]);
  }
  for (const link of page.querySelectorAll("a[href]"))
    expect(link.getAttribute("href")).toMatch(/^(https?:\/\/|mailto:|#)/);
}

describe("whatever a model writes", () => {
  const settings = [
    (text: string) => text,
    (text: string) => `- ${text.replaceAll("\n", "\n  ")}`,
    (text: string) => `> ${text.replaceAll("\n", "\n> ")}`,
    (text: string) => `# ${text}`,
    (text: string) => `| ${text.replaceAll("\n", " ")} |\n| --- |\n| ${text.replaceAll("\n", " ")} |`,
    (text: string) => `[${text}](https://a.test "${text.replaceAll('"', "")}")`,
    (text: string) => `![${text}](https://a.test)`,
  ];

  test.each(HOSTILE)("nothing runs, posts, poses or is fetched: %s", async (_name, payload) => {
    for (const set of settings) expectHarmless(await rendered(set(payload)));
  });

  test.each(HOSTILE)("nor while it is still arriving, letter by letter: %s", async (_name, payload) => {
    const whole = await rendered(payload);

    const grown = await streamed(payload, everyPrefixOf(payload), expectHarmless);

    expect(drawnIn(grown)).toBe(drawnIn(whole));
  });

  test("a class of the page cannot be worn by a reply", async () => {
    const page = await rendered("```button--primary notice\nx\n```");

    expect(page.querySelector("code")?.className).toBe("language-button--primary");
    expect(page.querySelector(".notice, .button--primary")).toBeNull();
  });
});

describe("links", () => {
  test("a link says where it leads and takes nothing along", async () => {
    const page = await rendered('[report](https://evil.test/?d=secret "your bank")');
    const link = page.querySelector("a");

    expect(link?.title).toBe("https://evil.test/?d=secret");
    expect(link?.target).toBe("_blank");
    expect(link?.rel).toBe("noopener noreferrer nofollow");
    expect(link?.getAttribute("referrerpolicy")).toBe("no-referrer");
  });

  test("a bare address becomes a link, a file's name does not", async () => {
    const page = await rendered("See https://example.org/a_b and README.md or main.rs.");

    expect([...page.querySelectorAll("a")].map((link) => link.textContent)).toEqual([
      "https://example.org/a_b",
    ]);
  });

  test("a picture becomes a link with its words and its host", async () => {
    const page = await rendered("![a cat](https://pictures.test/cat.png)");

    expect(page.querySelector("a")?.textContent).toBe("a cat, pictures.test");
    expect(page.querySelector("a")?.getAttribute("href")).toBe("https://pictures.test/cat.png");
  });

  test("a picture within a link stays one link", async () => {
    const page = await rendered("[![build](https://badge.test/b.svg)](https://ci.test/)");

    expect(page.querySelectorAll("a").length).toBe(1);
    expect(page.querySelector("a")?.getAttribute("href")).toBe("https://ci.test/");
    expect(page.querySelector("a")?.textContent).toBe("build, badge.test");
  });
});
