import { isForInputMethod } from "./send_key";

/** What of a key press tells which key it was. */
export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/**
 * A key press as the list of keys writes it: "mod+k", "alt+arrowup", "?"; "" while an input method composes. `mod` is
 * ⌘ on a Mac and Ctrl elsewhere; with the other one of them, or with AltGr, it is no key of ours.
 */
export function chordOf(event: Press, isMac: boolean, isAltGr = false): string {
  if (isForInputMethod(event)) return "";
  if (isAltGr) return event.key.length === 1 ? event.key : "";
  const [mod, other] = isMac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  if (other || (mod && event.altKey)) return "";
  const key = nameOf(event);
  // What Shift makes of a key is in its name already, as in "?"; with a letter or an arrow it is another chord.
  if (event.shiftKey && /^[a-z]/.test(key)) return "";
  return `${mod ? "mod+" : ""}${event.altKey ? "alt+" : ""}${key}`;
}

/** True where this press would write something into a box. */
export function writes(chord: string, isMac: boolean): boolean {
  return !chord.startsWith("mod+") && !(chord.startsWith("alt+") && !isMac);
}

/** On keyboards of other scripts, and where ⌥ writes other letters, the key that stands in a letter's place. */
function nameOf({ key, code, altKey }: Press): string {
  const name = key.toLowerCase();
  const isPlain = /^[\x20-\x7e]+$/.test(name) && !(altKey && name === "dead");
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  return !isPlain && letter ? letter.toLowerCase() : name;
}
