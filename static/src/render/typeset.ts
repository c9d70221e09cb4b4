import type { KatexOptions } from "katex";
import { type Budget, LIMITS } from "./budget";
import { isDisplayed, texOf } from "./maths";

type Katex = typeof import("katex").default;

let katex: Katex | undefined;

/** Draws every formula in `root` that is still source, at once if KaTeX is here, else as soon as it is. */
export function typeset(root: ParentNode, budget: Budget): Promise<void> | undefined {
  const formulas = root.querySelectorAll<HTMLElement>(".maths:not(.maths--drawn)");
  if (!formulas.length) return undefined;
  if (katex) {
    for (const formula of formulas) draw(katex, formula, budget);
    return undefined;
  }
  return load().then((loaded) => {
    // Those of an open end have been replaced in the meantime.
    for (const formula of formulas) if (formula.isConnected) draw(loaded, formula, budget);
  });
}

async function load(): Promise<Katex> {
  const [module] = await Promise.all([import("katex"), switchOnStyles()]);
  katex = module.default;
  return katex;
}

/** The stylesheet is named in the page (its address is the server's to give) and fetched once it is not disabled. */
async function switchOnStyles(): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>("link[data-maths]");
  if (!link?.disabled) return;

  const arrived = new Promise((resolve) => {
    link.addEventListener("load", resolve, { once: true });
    link.addEventListener("error", resolve, { once: true });
  });
  link.disabled = false;
  await arrived;
}

function draw(renderer: Katex, formula: HTMLElement, budget: Budget): void {
  const source = formula.textContent ?? "";
  const drawn = budget.formulas.get(source)?.cloneNode(true) ?? drawnAnew(renderer, source, budget);
  if (!drawn) return;
  formula.replaceChildren(...drawn.childNodes);
  formula.classList.add("maths--drawn");
  budget.formulas.set(source, formula);
}

/** The formula in a box of its own. */
function drawnAnew(renderer: Katex, source: string, budget: Budget): HTMLElement | undefined {
  const tex = texOf(source);
  if (!budget.allowsFormulas || !isModest(tex)) return undefined;

  const started = performance.now();
  const box = document.createElement("span");
  try {
    renderLeniently(renderer, tex, box, {
      displayMode: isDisplayed(source),
      trust: false,
      maxExpand: 200,
      maxSize: 20,
      strict: "ignore",
      errorColor: "currentColor",
    });
  } catch {
    // No formula, or one that overflows KaTeX's stack: the source stays as it is.
    return undefined;
  } finally {
    budget.chargeFormula(performance.now() - started);
  }
  return box;
}

/** With a command that it does not know a formula is drawn around it. What is none in any other way throws. */
function renderLeniently(renderer: Katex, tex: string, box: HTMLElement, options: KatexOptions): void {
  try {
    renderer.render(tex, box, { ...options, throwOnError: true });
  } catch (error) {
    if (!/undefined control sequence/i.test(String(error))) throw error;
    renderer.render(tex, box, { ...options, throwOnError: false });
  }
}

/** Small enough to be drawn: neither long, nor deep, nor a matrix the size of a sheet. */
function isModest(tex: string): boolean {
  if (tex.length > LIMITS.formulaCharacters) return false;
  if ((tex.match(/&|\\\\/g)?.length ?? 0) > LIMITS.formulaCells) return false;

  let depth = 0;
  for (const { 0: sign } of tex.matchAll(/\\.|[{}]/gs)) {
    if (sign === "{" && ++depth > LIMITS.formulaLevels) return false;
    if (sign === "}") depth--;
  }
  return true;
}
