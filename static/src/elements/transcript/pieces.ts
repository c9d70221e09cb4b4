/**
 * Turns of a long page stand in pieces, which the browser passes over whole while they are far from the window:
 * asking two thousand turns at every frame whether they are near takes longer than drawing those that are.
 */

const TURNS = 20;
/** So many at a page's end stand by themselves, as many as a page is loaded with; what comes behind them does not. */
const ALONE = 60;

/** The turns as they are to stand above others: in pieces, unless they are few. */
export function inPieces(turns: readonly HTMLElement[]): HTMLElement[] {
  return turns.length <= TURNS ? [...turns] : piecesOf(turns);
}

/** Puts turns at the end of `log`. One that stands is never moved: it would lose what is selected or scrolled in it. */
export function append(log: Element, turns: readonly HTMLElement[]): void {
  const coming = [...turns];
  const last = log.lastElementChild;
  if (last && isPiece(last)) fill(last, coming.splice(0, TURNS - last.childElementCount));
  else log.append(...coming.splice(0, ALONE - aloneAtEnd(log)));
  log.append(...piecesOf(coming));
}

/** Takes turns off the page, and the pieces that have none left. */
export function remove(turns: readonly HTMLElement[]): void {
  for (const turn of turns) {
    const piece = turn.closest(".transcript__piece");
    turn.remove();
    if (piece?.childElementCount === 0) piece.remove();
  }
}

function piecesOf(turns: readonly HTMLElement[]): HTMLElement[] {
  const pieces: HTMLElement[] = [];
  for (let start = 0; start < turns.length; start += TURNS) {
    const piece = document.createElement("div");
    piece.className = "transcript__piece";
    fill(piece, turns.slice(start, start + TURNS));
    pieces.push(piece);
  }
  return pieces;
}

function fill(piece: HTMLElement, turns: readonly HTMLElement[]): void {
  piece.append(...turns);
  piece.style.setProperty("--turns", String(piece.childElementCount));
}

function aloneAtEnd(log: Element): number {
  const standing = [...log.children];
  return standing.length - 1 - standing.findLastIndex(isPiece);
}

function isPiece(element: Element): element is HTMLElement {
  return element.classList.contains("transcript__piece");
}
