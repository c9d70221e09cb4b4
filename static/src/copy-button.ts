import { sayAloud } from "./aloud";
import { t } from "./words";

/** `<parley-copy>`: a button that copies. It takes the text of the field it names (`for`), or its own `text`. */
export class CopyButton extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.#copy);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#copy);
  }

  #copy = async (event: Event): Promise<void> => {
    const button = (event.target as Element).closest("button");
    if (button) await copyBy(button, this.#text);
  };

  get #text(): string {
    const field = document.getElementById(this.getAttribute("for") ?? "");
    return field instanceof HTMLInputElement ? field.value : (this.getAttribute("text") ?? "");
  }
}

/** Puts `text` on the clipboard, on a plain-http network too, where `navigator.clipboard` does not exist. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);

  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "visually-hidden";
  // A modal dialog makes everything outside it inert, and an inert field cannot be selected.
  const home = document.activeElement?.closest("dialog") ?? document.body;
  const before = document.activeElement;
  home.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  if (!isCopied) throw new Error(t("This browser does not let a page copy."));
}

/** Copies for a button, which says whether it could, to those who look and to those who listen. */
export async function copyBy(button: Element, text: string): Promise<boolean> {
  const isCopied = await copyText(text).then(
    () => true,
    () => false,
  );
  const words = isCopied ? t("Copied") : t("Not copied");
  sayBriefly(button, words);
  sayAloud(words, button);
  return isCopied;
}

const SAID_FOR_MS = 2000;
const resets = new WeakMap<Element, { label: ChildNode[]; timer: ReturnType<typeof setTimeout> }>();

/** Lets a button say this for two seconds, then its own words again, those that are only heard included. */
function sayBriefly(button: Element, words: string): void {
  const running = resets.get(button);
  clearTimeout(running?.timer);
  const label = running?.label ?? [...button.childNodes];

  button.textContent = words;
  const timer = setTimeout(() => {
    button.replaceChildren(...label);
    resets.delete(button);
  }, SAID_FOR_MS);
  resets.set(button, { label, timer });
}
