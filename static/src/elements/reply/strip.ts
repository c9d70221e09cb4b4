import type { Tally } from "../../models/views";

const SVG = "http://www.w3.org/2000/svg";
const GAP = 2;

/** Draws a strip's segments as they were measured by the server. By attributes: the page's policy bars `style`. */
export function drawStrip(strip: SVGElement, segments: Tally["strip"]): void {
  strip.replaceChildren(
    ...segments.map(({ kind, x, width }) => {
      const rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", `strip__${kind}`);
      rect.setAttribute("x", String(x));
      rect.setAttribute("width", String(width));
      rect.setAttribute("height", "6");
      return rect;
    }),
  );
}

/** The same strip as wide as `wide` is, with gaps as narrow as before. */
export function widenStrip(strip: SVGElement, wide: SVGElement): void {
  const rects = [...strip.querySelectorAll("rect")];
  const widths = rects.map((rect) => Number(rect.getAttribute("width")));
  const room = Number(wide.getAttribute("viewBox")?.split(" ")[2]) - GAP * (rects.length - 1);
  const total = widths.reduce((sum, width) => sum + width, 0);

  let x = 0;
  wide.replaceChildren(
    ...rects.map((rect, i) => {
      const copy = rect.cloneNode() as SVGElement;
      const width = ((widths[i] ?? 0) / total) * room;
      copy.setAttribute("x", x.toFixed(2));
      copy.setAttribute("width", width.toFixed(2));
      x += width + GAP;
      return copy;
    }),
  );
}
