const isWide = matchMedia("(width >= 56.25rem)");

/**
 * What the sidebar cannot do by itself. As a popover it opens, closes and gives focus back without scripts; this
 * keeps focus inside while it is open, closes it when the window grows, and folds it away on a desk.
 */
export function tendSidebar(): void {
  const sidebar = document.getElementById("sidebar");
  if (!sidebar) return;

  sidebar.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "open") return;
    setRestInert(true);
    sidebar.querySelector<HTMLElement>("a, button")?.focus();
  });
  // Before it closes: the browser gives focus back to the button that opened it, which must not be inert then.
  sidebar.addEventListener("beforetoggle", (event) => {
    if ((event as ToggleEvent).newState === "closed") setRestInert(false);
  });
  isWide.addEventListener("change", () => sidebar.hidePopover());
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[popovertarget='sidebar']");
    if (!button || !isWide.matches) return;
    event.preventDefault();
    foldSidebar();
  });
}

/** Folds the sidebar away on a desk, or back; a drawer is opened and closed by its button alone. */
export function foldSidebar(): void {
  if (isWide.matches) fold(isUnfolded());
}

function setRestInert(isInert: boolean): void {
  for (const part of document.querySelectorAll<HTMLElement>(".skip-link, .shell__body")) part.inert = isInert;
}

function isUnfolded(): boolean {
  return document.documentElement.dataset.sidebar !== "folded";
}

/** A cookie, because the server draws the page folded: nothing jumps when it loads. */
function fold(isFolded: boolean): void {
  const state = isFolded ? "folded" : "open";
  document.documentElement.dataset.sidebar = state;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store does not exist on plain-http networks
  document.cookie = `parley_sidebar=${state}; path=/; max-age=31536000; samesite=lax`;
}
