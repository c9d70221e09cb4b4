/** Finding in a text what was looked for, as the server found it (`conversations/search/words.py`, `places.py`). */

/** Words in a row, folded; whether the first must begin where a word does, and the last end there. */
export interface Sought {
  words: readonly string[];
  begins: boolean;
  ends: boolean;
}

/** A text without what makes no difference, and where in the text each of its characters comes from. */
export interface Folded {
  text: string;
  placeOf: (at: number) => number;
}

/** From where to where, in a folded text. */
export interface Stretch {
  start: number;
  end: number;
}

/** Where one of the terms stands. */
export interface Place extends Stretch {
  term: Sought;
}

const ACCENTS = /[\u0300-\u036f]+/g;
const ASCII = /^[\0-\x7f]*$/;
// Scripts that put no spaces between words, and Korean, whose endings are written together with the word.
const UNSPACED = ["Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar"]
  .map((script) => `\\p{Script=${script}}`)
  .join("");
const LETTER = `(?![${UNSPACED}])[\\p{L}\\p{N}]`;
const BETWEEN = "[^\\p{L}\\p{N}]*";

/** Case, accents and the width of letters make no difference. */
export function folded(text: string): Folded {
  if (ASCII.test(text)) return { text: text.toLowerCase(), placeOf: (at) => at };
  const places: number[] = [];
  let [same, place] = ["", 0];
  for (const letter of text) {
    const plain = foldedLetter(letter);
    for (let unit = 0; unit < plain.length; unit++) places.push(place);
    same += plain;
    place += letter.length;
  }
  return { text: same, placeOf: (at) => places[at] ?? text.length };
}

/** All places in a folded text where any of it stands, in order. */
export function placesIn(text: string, sought: readonly Sought[]): Place[] {
  const places = sought.flatMap((term) =>
    [...text.matchAll(patternOf(term))].map(({ 0: hit, index }) => ({
      start: index,
      end: index + hit.length,
      term,
    })),
  );
  return places.sort((one, other) => one.start - other.start || one.end - other.end);
}

/** The shortest stretch with each of the terms that have a place, the first of several; null where none has. */
export function closest(places: readonly Place[]): Stretch | null {
  const terms = new Set(places.map(({ term }) => term)).size;
  let found: Stretch | null = null;
  // The latest place of each term, the one that was passed longest ago first.
  const latest = new Map<Sought, Place>();
  for (const place of places) {
    latest.delete(place.term);
    latest.set(place.term, place);
    const [oldest] = latest.values();
    if (!oldest || latest.size < terms) continue;
    const here = { start: oldest.start, end: place.end };
    if (!found || here.end - here.start < found.end - found.start) found = here;
  }
  return found;
}

function patternOf({ words, begins, ends }: Sought): RegExp {
  const row = words.map((word) => escaped(folded(word).text)).join(BETWEEN);
  return new RegExp(`${begins ? `(?<!${LETTER})` : ""}${row}${ends ? `(?!${LETTER})` : ""}`, "gu");
}

/** Upper and lower again: only so is ß the same as ss, and ς as σ. */
function foldedLetter(letter: string): string {
  return letter.normalize("NFKD").replace(ACCENTS, "").normalize("NFC").toUpperCase().toLowerCase();
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
