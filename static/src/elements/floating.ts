const GAP_PX = 4;
const EDGE_PX = 8;

/** Puts what floats below `anchor`, or above it where there is more room, with its end at the anchor's end. */
export function place(floating: HTMLElement, anchor: HTMLElement): void {
  const [at, size] = [anchor.getBoundingClientRect(), floating.getBoundingClientRect()];
  const { clientWidth, clientHeight } = document.documentElement;
  const below = at.bottom + GAP_PX;
  const isRoomBelow = below + size.height <= clientHeight - EDGE_PX || at.top < clientHeight - at.bottom;
  const top = isRoomBelow ? below : at.top - GAP_PX - size.height;
  const left = Math.min(Math.max(at.right - size.width, EDGE_PX), clientWidth - size.width - EDGE_PX);
  floating.style.top = `${Math.max(EDGE_PX, Math.min(top, clientHeight - size.height - EDGE_PX))}px`;
  floating.style.left = `${left}px`;
}

/** The arrow keys go from one row of a menu to the next, and around its ends. */
export function stepThrough(rows: HTMLElement[], event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[(at + step + rows.length) % rows.length]?.focus();
}

/** Was it beside the dialog that was pressed? Its padding is the dialog's own. */
export function isBeside(dialog: HTMLDialogElement, { target, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const isWithin = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  return target === dialog && !isWithin;
}
