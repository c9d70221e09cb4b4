/** True when this key press asks to send. */
export function isSendKey(event: KeyboardEvent): boolean {
  // While an input method composes, Enter picks its word; some browsers only tell by 229.
  const isComposing = event.isComposing || event.keyCode === 229;
  return event.key === "Enter" && !event.shiftKey && !isComposing && !hasNoShiftKey();
}

/** Phones and tablets without a keyboard: there Enter has to break the line, since nothing else can. */
export function hasNoShiftKey(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}
