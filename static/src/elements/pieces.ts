/**
 * Turns of a long page stand in pieces, which the browser passes over whole while they are far from the window:
 * asking two thousand turns at every frame whether they are near takes longer than drawing those that are.
 */

const TURNS = 20;

/** The turns as they are to stand on the page: in pieces, unless they are few. */
export function inPieces(turns: readonly HTMLElement[]): HTMLElement[] {
  if (turns.length <= TURNS) return [...turns];
  const pieces: HTMLElement[] = [];
  for (let start = 0; start < turns.length; start += TURNS) {
    pieces.push(pieceOf(turns.slice(start, start + TURNS)));
  }
  return pieces;
}

/** Takes turns off the page, and the pieces that have none left. */
export function remove(turns: readonly HTMLElement[]): void {
  for (const turn of turns) {
    const piece = turn.closest(".transcript__piece");
    turn.remove();
    if (piece?.childElementCount === 0) piece.remove();
  }
}

function pieceOf(turns: readonly HTMLElement[]): HTMLElement {
  const piece = document.createElement("div");
  piece.className = "transcript__piece";
  piece.style.setProperty("--turns", String(turns.length));
  piece.append(...turns);
  return piece;
}
