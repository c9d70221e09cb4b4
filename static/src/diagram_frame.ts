/**
 * The page in which diagrams are drawn, in a frame with an origin of its own: mermaid writes styles and HTML, which
 * the pages around it forbid. It takes text and gives back an image's text; a message in, a message out.
 */
import mermaid from "mermaid";
import type { DiagramAnswer, DiagramRequest } from "./render/diagram_messages";

/** None of these can be changed by what a diagram says of itself. */
const FIXED = {
  securityLevel: "strict",
  startOnLoad: false,
  suppressErrorRendering: true,
  maxTextSize: 10_000,
  maxEdges: 300,
  htmlLabels: false,
  // The other one weighs 1.5 MB and is left out of this script (static/build.mjs).
  layout: "dagre",
  fontFamily: "system-ui, sans-serif",
  theme: "base",
  // The other ones draw shadows.
  look: "classic",
} as const;

/**
 * A diagram may name a picture, and mermaid would fetch it to measure it. The frame's policy forbids that; this does so
 * without it. The diagram then stays as its source.
 */
for (const name of ["src", "srcset"] as const) {
  Object.defineProperty(HTMLImageElement.prototype, name, {
    get: () => "",
    set() {
      throw new Error("No picture is fetched for a diagram.");
    },
  });
}

let count = 0;

addEventListener("message", async ({ data, source }: MessageEvent<DiagramRequest>) => {
  if (source !== parent || parent === window) return;
  const answer = await draw(data).catch((): DiagramAnswer => ({ id: data.id, svg: "" }));
  // Our own origin is nobody's, so neither side can name the other's; the parent's is who frames us.
  parent.postMessage(answer, "*");
});
parent.postMessage("ready", "*");

async function draw({ id, source, colours }: DiagramRequest): Promise<DiagramAnswer> {
  mermaid.initialize({
    ...FIXED,
    secure: [...Object.keys(FIXED), "secure", "themeVariables", "themeCSS", "dompurifyConfig", "darkMode"],
    flowchart: { htmlLabels: false },
    darkMode: colours.isDark,
    themeVariables: {
      darkMode: colours.isDark,
      fontFamily: FIXED.fontFamily,
      fontSize: "15px",
      background: colours.ground,
      primaryColor: colours.tint,
      primaryTextColor: colours.ink,
      primaryBorderColor: colours.edge,
      secondaryColor: colours.ground,
      tertiaryColor: colours.ground,
      edgeLabelBackground: colours.ground,
      lineColor: colours.edge,
      textColor: colours.ink,
      dropShadow: "none",
    },
  });
  const { svg } = await mermaid.render(`diagram-${++count}`, source);
  return { id, ...asImage(svg) };
}

/** An image has a size of its own, and a title that can be read out. */
function asImage(text: string): Omit<DiagramAnswer, "id"> {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (!(svg instanceof SVGSVGElement)) return { svg: "" };

  const { width, height } = svg.viewBox.baseVal;
  svg.removeAttribute("style");
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const title = svg.querySelector(":scope > title")?.textContent ?? "";
  return { svg: new XMLSerializer().serializeToString(svg), width, height, title };
}
