import { LIMITS } from "./budget";
import { button, element, scrollByKeyboard } from "./build";
import type { DiagramAnswer } from "./diagram_messages";
import { DiagramPen } from "./diagram_pen";
import { WORDS } from "./words";

const DIAGRAMS = "figure.code:has(> pre > code.language-mermaid)";
const LARGEST_SIDE = 8_000;

let pen: DiagramPen | undefined;

/** Draws each diagram in `root` above its source. What cannot be drawn stays as its source, with a line that says so. */
export async function drawDiagrams(root: Element): Promise<void> {
  const address = document.documentElement.dataset.diagrams;
  const figures = root.matches(DIAGRAMS) ? [root] : [...root.querySelectorAll(DIAGRAMS)];
  if (!address || !figures.length) return;

  pen ??= penThatFollowsTheScheme(address);
  for (const figure of figures) if (!figure.matches(".code--drawn")) await draw(figure, pen);
}

function penThatFollowsTheScheme(address: string): DiagramPen {
  const made = new DiagramPen(address);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const figure of document.querySelectorAll("figure.code--drawn")) void draw(figure, made);
  });
  return made;
}

async function draw(figure: Element, by: DiagramPen): Promise<void> {
  const source = figure.querySelector("code")?.textContent ?? "";
  const isTooLong = source.length > LIMITS.diagramCharacters;
  const colours = coloursOf(figure);
  const answer = isTooLong ? undefined : await by.draw({ source, colours });
  const image = answer && imageOf(answer);
  if (image) show(figure, image, colours.isDark);
  else complain(figure);
}

/** The frame's words become an image of bounded size, and nothing else. */
function imageOf({ svg, width, height, title }: DiagramAnswer): HTMLImageElement | undefined {
  const sides = [Number(width), Number(height)].map(Math.ceil);
  if (!sides.every((side) => side > 0 && side <= LARGEST_SIDE)) return undefined;

  const image = document.createElement("img");
  [image.width, image.height] = sides as [number, number];
  image.style.setProperty("--own-width", `${image.width}px`);
  image.alt = title ? `${WORDS.diagram}: ${String(title).slice(0, 300)}` : WORDS.diagram;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return image;
}

/** One that was drawn for a dark page says so: on paper it is turned round. */
function show(figure: Element, image: HTMLImageElement, isDark: boolean): void {
  const box = figure.querySelector(".code__drawing") ?? addBox(figure);
  box.classList.toggle("code__drawing--dark", isDark);
  box.replaceChildren(image);
}

function addBox(figure: Element): Element {
  const box = element("div", "code__drawing");
  scrollByKeyboard(box, WORDS.diagram);
  const text = figure.querySelector("pre");
  text?.before(box);
  const source = button("code__act code__source", WORDS.source);
  source.setAttribute("aria-pressed", "false");
  figure.querySelector(".code__copy")?.before(source);
  figure.classList.add("code--drawn");
  return box;
}

function complain(figure: Element): void {
  if (figure.querySelector(".code__note, .code__drawing")) return;
  figure.querySelector("pre")?.before(element("p", "code__note", WORDS.noDiagram));
}

/** The page's colours as they are now: of the words, the block's ground and its edge. */
function coloursOf(figure: Element): Parameters<DiagramPen["draw"]>[0]["colours"] {
  const { color: ink, backgroundColor: ground } = getComputedStyle(figure);
  const text = getComputedStyle(figure.querySelector(".code__head") ?? figure);
  return {
    isDark: lightness(ink) > lightness(ground),
    ink,
    ground,
    edge: text.color,
    tint: text.borderBlockEndColor,
  };
}

function lightness(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return red + green + blue;
}
