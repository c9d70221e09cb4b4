/** Long enough for a screen reader to notice that a line went empty. */
const UNHEARD_MS = 100;

/**
 * Says it politely to those who listen; each time, so that who copies twice hears it twice. Beside the thing that it is
 * about, where that is in a dialog: everything outside an open one is silent.
 */
export function sayAloud(sentence: string, about: Element | null = null): void {
  const status =
    about?.closest("dialog")?.querySelector("[data-part=status]") ??
    document.querySelector("[data-part=status]");
  if (!status) return;
  if (status.textContent !== sentence) {
    status.textContent = sentence;
    return;
  }
  // The same words in place of themselves are no change, and only changes are heard.
  status.textContent = "";
  setTimeout(() => {
    if (!status.textContent) status.textContent = sentence;
  }, UNHEARD_MS);
}
