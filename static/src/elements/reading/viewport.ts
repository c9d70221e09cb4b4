/** The page as a window on a text: how far it is scrolled, how much it shows, how long it is. */
export const pageViewport = {
  get top() {
    return window.scrollY;
  },
  get height() {
    return document.documentElement.clientHeight;
  },
  get length() {
    return document.documentElement.scrollHeight;
  },
  to(top: number) {
    window.scrollTo({ top, behavior: "instant" });
  },
};

export function canScroll(): boolean {
  return pageViewport.length > pageViewport.height + 1;
}
