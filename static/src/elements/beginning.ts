import { part, say } from "./parts";
import { signal } from "./signals";

/** The address whose page this is. */
let shown = location.pathname;

/**
 * Loads the page of an address that Back or Forward leads to within this document: once a conversation was begun here,
 * it has two, however often it was loaded since.
 */
export function followAddress(): void {
  window.addEventListener("popstate", () => {
    // Within the page, as from a footnote to its mark, nothing is to be loaded.
    if (location.pathname !== shown) location.reload();
  });
}

/** Turns the page of a conversation not begun into the conversation's own, without loading it anew. */
export function begin(conversation: { id: string; title: string; url: string }): void {
  history.pushState({ began: conversation.id }, "", conversation.url);
  shown = conversation.url;
  retitle(conversation.title);
  for (const share of document.querySelectorAll<HTMLElement>("[data-act=share]")) share.hidden = false;
  signal("began", conversation);
}

export function retitle(title: string): void {
  say(part(document, "conversation-title"), title);
  document.title = `${title} · Parley`;
}
