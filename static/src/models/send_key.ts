/** True when this key press asks to send. */
export function isSendKey(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !isForInputMethod(event) && !hasNoShiftKey();
}

/** While an input method composes, Enter picks its word and Escape lets go of it; some browsers only tell by 229. */
export function isForInputMethod(event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Phones and tablets without a keyboard: there Enter has to break the line, since nothing else can. */
export function hasNoShiftKey(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}
