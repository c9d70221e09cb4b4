import { LIMITS } from "./budget";
import { loadHighlighter } from "./languages";
import { sanitise } from "./sanitise";

/** The language named after the fence: "python" of ```` ```python title=x ````; "" where none is. */
export function languageOf(code: Element | null): string {
  return /(?:^|\s)language-([\p{L}\p{N}_+#.-]+)/u.exec(code?.className ?? "")?.[1] ?? "";
}

/** Colours each block whose language is known, one after the other, between the page's other work. */
export async function highlightAll(root: ParentNode): Promise<void> {
  for (const code of root.querySelectorAll<HTMLElement>("pre > code[class*='language-']")) {
    await highlight(code);
  }
}

async function highlight(code: HTMLElement): Promise<void> {
  const text = code.textContent ?? "";
  if (text.length > LIMITS.highlightedCharacters || code.childElementCount) return;

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
