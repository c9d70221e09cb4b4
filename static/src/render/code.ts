import { copyText, sayCopied } from "../copy-button";
import { LIMITS } from "./budget";
import { loadHighlighter } from "./languages";
import { sanitise } from "./sanitise";

/** The language named after the fence: "python" of ```` ```python title=x ````; "" where none is. */
export function languageOf(code: Element | null): string {
  return /(?:^|\s)language-([\w+#.-]+)/.exec(code?.className ?? "")?.[1] ?? "";
}

/** Colours each block whose language is known, one after the other, between the page's other work. */
export async function highlightAll(root: ParentNode): Promise<void> {
  for (const code of root.querySelectorAll<HTMLElement>("pre > code[class*='language-']")) {
    await highlight(code);
  }
}

async function highlight(code: HTMLElement): Promise<void> {
  const text = code.textContent ?? "";
  if (text.length > LIMITS.highlightedCharacters) return;

  const highlighter = await loadHighlighter(languageOf(code));
  if (!highlighter) return;
  await idle();
  code.replaceChildren(sanitise(highlighter(text)));
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve(), { timeout: 500 });
    else setTimeout(resolve);
  });
}

/** One listener for every Copy button within `root`, present and future. */
export function copyOnClick(root: HTMLElement): void {
  root.addEventListener("click", async ({ target }) => {
    const button = (target as Element).closest(".code__copy");
    const code = button?.closest(".code")?.querySelector("code");
    if (!button || !code) return;

    await copyText(copyOf(code));
    sayCopied(button);
  });
}

/** Without the last line's end: pasted into a shell, it would run what the reader has not yet read. */
export function copyOf(code: Element): string {
  return (code.textContent ?? "").replace(/\n$/, "");
}
