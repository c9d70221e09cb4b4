import { tests as examples } from "commonmark-spec";
import { expect, test } from "vitest";
import { rendered } from "./render_support";

/** An address of the specification is often a bare path, which is no link here: such are made whole first. */
const SITE = "https://a.test";

const DIFFERENCES: Record<string, number[]> = {
  "raw HTML is shown as text": [
    21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166,
    167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187,
    188, 189, 190, 191, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623,
    625, 626, 627, 628, 629, 630, 631, 642, 643,
  ],
  "only whole addresses of the web and of mail become links": [
    194, 195, 200, 203, 204, 484, 486, 492, 495, 496, 498, 499, 500, 501, 502, 503, 504, 517, 520, 522, 531,
    573, 576, 577, 578, 580, 596, 598, 599, 601,
  ],
  "a bare whole address is a link, as in GitHub's Markdown": [518, 519, 602, 608, 611, 612],
  "a backslash before a bracket begins a formula": [12],
  "a language is named by letters, digits and _ + # . -": [144],
};

const reasonOf = new Map(
  Object.entries(DIFFERENCES).flatMap(([reason, numbers]) =>
    numbers.map((number) => [number, reason] as const),
  ),
);

test("the specification is there, whole", () => {
  expect(examples.length).toBe(652);
});

test.each(examples)("example $number ($section)", async ({ number, ...example }) => {
  const { markdown, html } = whole(example);
  const ours = plain(await rendered(markdown));
  const theirs = plain(adapted(html));

  if (reasonOf.has(number)) expect(ours, `differs no more: ${reasonOf.get(number)}`).not.toBe(theirs);
  else expect(ours).toBe(theirs);
});

/** The example with real tabs, and with addresses of this site's paths made whole. */
function whole({ markdown, html }: { markdown: string; html: string }): { markdown: string; html: string } {
  const text = { markdown: markdown.replaceAll("→", "\t"), html: html.replaceAll("→", "\t") };
  const isShownAsText = /(?<![\w:/])\/\w/.test(html.replace(/<[^>]*>/g, ""));
  if (isShownAsText) return text;
  return {
    markdown: text.markdown.replace(/(?<=\]\(\s*<?|\]:\s*<?)\/(?=[\p{L}\d])/gu, `${SITE}/`),
    html: text.html.replace(/(?<=(?:href|src)=")\/(?=[\w%])/g, `${SITE}/`),
  };
}

/** What the specification asks for, but for what we do otherwise everywhere. */
function adapted(html: string): Element {
  const page = document.createElement("div");
  page.innerHTML = html;
  for (const heading of page.querySelectorAll("h1, h2, h3, h4, h5")) {
    const lower = document.createElement(`h${Number(heading.tagName[1]) + 1}`);
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
  for (const picture of page.querySelectorAll("img")) picture.replaceWith(pictureInWords(picture));
  return page;
}

/** A picture is never fetched: it is a link to it. */
function pictureInWords(picture: HTMLImageElement): Node {
  const words = [picture.alt || "Picture", new URL(picture.src, "about:blank").host]
    .filter(Boolean)
    .join(", ");
  if (picture.closest("a")) return document.createTextNode(words);
  const link = document.createElement("a");
  link.href = picture.getAttribute("src") ?? "";
  link.textContent = words;
  return link;
}

/** The page as HTML without what we dress it with: heads over code, what a link says of itself, heading levels, which way a block runs. */
function plain(page: Element): string {
  const copy = page.cloneNode(true) as Element;
  for (const figure of copy.querySelectorAll("figure.code")) {
    const code = figure.querySelector("code");
    if (code) code.textContent = code.textContent ?? "";
    figure.replaceWith(...[figure.querySelector("pre")].filter((pre) => pre !== null));
  }
  for (const link of copy.querySelectorAll("a")) {
    for (const name of ["title", "target", "rel", "referrerpolicy"]) link.removeAttribute(name);
  }
  for (const block of copy.querySelectorAll("[dir]")) block.removeAttribute("dir");
  for (const pre of copy.querySelectorAll("pre")) {
    for (const name of pre.getAttributeNames()) pre.removeAttribute(name);
  }
  return copy.innerHTML.replace(/\s*\n\s*(?=<)|(?<=>)\s*\n\s*/g, "").trim();
}
