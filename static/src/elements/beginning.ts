import { part, say } from "./parts";
import { signal } from "./signals";

/** Turns the page of a conversation not begun into the conversation's own, without loading it anew. */
export function begin(conversation: { id: string; title: string; url: string }): void {
  history.pushState({ began: conversation.id }, "", conversation.url);
  window.addEventListener("popstate", () => {
    // Within the page, as from a footnote to its mark, nothing is to be loaded.
    if (location.pathname !== conversation.url) location.reload();
  });
  retitle(conversation.title);
  for (const share of document.querySelectorAll<HTMLElement>("[data-act=share]")) share.hidden = false;
  signal("began", conversation);
}

export function retitle(title: string): void {
  say(part(document, "conversation-title"), title);
  document.title = `${title} · Parley`;
}
