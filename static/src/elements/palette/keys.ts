import { chordOf, writes } from "../../models/chords";
import { keepIn, ofBrowser } from "../../models/storages";
import { part } from "../parts";
import { pageActs } from "./page_acts";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const FACES: Record<string, string> = { mod: "⌘", alt: "⌥", shift: "⇧" };
const KEPT = "parley.single-keys";

/**
 * Listens to the keys of the list, and shows it. Keys that write are heard outside boxes alone, and can be switched off;
 * a letter goes on into the message box, so that who opens a conversation can write at once.
 */
export function listenToKeys(): void {
  const list = document.querySelector<HTMLDialogElement>("#keys");
  if (!list) return;
  if (isMac) showMacs();
  const acts = new Map<string, string>();
  for (const { dataset } of list.querySelectorAll<HTMLElement>("[data-keys]")) {
    for (const chord of dataset.keys?.split(" ") ?? []) acts.set(chord, dataset.does ?? "");
  }
  const single = part<HTMLInputElement>(list, "single-keys");
  single.checked = ofBrowser.getItem(KEPT) !== "off";
  single.addEventListener("change", () => keepIn(ofBrowser, KEPT, single.checked ? "on" : "off"));
  list.addEventListener("click", (event) => event.target === list && list.close());
  pageActs.keys = { do: () => list.showModal() };

  document.addEventListener("keydown", (event) => {
    const chord = chordOf(event, isMac, !isMac && event.getModifierState("AltGraph"));
    const name = acts.get(chord) ?? (isLetter(event) ? "box" : "");
    const act = pageActs[name];
    if (!act || event.defaultPrevented || event.repeat) return;
    if (writes(chord, isMac) && (isWriting(event) || (isSingle(chord) && !single.checked))) return;
    // What floats over the page has its own keys; the palette closes by the one that opens it.
    const isOver = document.querySelector("dialog:modal, [popover]:popover-open");
    if (isOver && name !== "palette") return;
    // A letter is written where the cursor has come to.
    if (!isLetter(event)) event.preventDefault();
    if (!act.can || act.can()) act.do();
  });
}

/** What the keys are called there. */
function showMacs(): void {
  for (const cap of document.querySelectorAll<HTMLElement>("kbd[data-cap]")) {
    cap.textContent = FACES[cap.dataset.cap ?? ""] ?? cap.textContent;
  }
  for (const element of document.querySelectorAll("[aria-keyshortcuts='Control+K']")) {
    element.setAttribute("aria-keyshortcuts", "Meta+K");
  }
  for (const note of document.querySelectorAll<HTMLElement>("[data-part=mac-note]")) note.hidden = false;
}

function isLetter({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !ctrlKey && !metaKey && !altKey && /^[\p{L}\p{N}]$/u.test(key);
}

function isSingle(chord: string): boolean {
  return !chord.includes("+") || chord === "+";
}

function isWriting({ target }: Event): boolean {
  const element = target as HTMLElement;
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}
