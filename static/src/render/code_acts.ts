import { copyBy } from "../copy-button";
import { languageOf } from "./code";
import { fileNameOf } from "./file_name";

const tended = new WeakSet<HTMLElement>();

/** One listener for the buttons of every block of code within `root`, present and future. */
export function tendCode(root: HTMLElement): void {
  if (tended.has(root)) return;
  tended.add(root);
  root.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest("button.code__act");
    const block = button?.closest(".code");
    const code = block?.querySelector("code");
    if (!button || !block || !code) return;

    if (button.matches(".code__wrap")) toggle(button, block, "code--wrapped");
    else if (button.matches(".code__source")) toggle(button, block, "code--source");
    else if (button.matches(".code__download")) download(code);
    else if (button.matches(".code__copy")) void copyBy(button, copyOf(code));
  });
}

/** Without the last line's end: pasted into a shell, it would run what the reader has not yet read. */
export function copyOf(code: Element): string {
  return (code.textContent ?? "").replace(/\n$/, "");
}

function toggle(button: Element, block: Element, name: string): void {
  button.setAttribute("aria-pressed", String(block.classList.toggle(name)));
}

function download(code: Element): void {
  const text = code.textContent ?? "";
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileNameOf(languageOf(code), text);
  link.click();
  // The browser takes the file up on its own time.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
