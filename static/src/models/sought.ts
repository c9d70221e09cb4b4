/** Finding in a text what was looked for, as the server found it (`conversations/search/words.py`). */

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

/** Finds any of it in a folded text; null where nothing was looked for. */
export function patternOf(sought: readonly Sought[]): RegExp | null {
  const terms = sought.map(({ words, begins, ends }) => {
    const row = words.map((word) => escaped(folded(word).text)).join(BETWEEN);
    return `${begins ? `(?<!${LETTER})` : ""}${row}${ends ? `(?!${LETTER})` : ""}`;
  });
  return terms.length ? new RegExp(terms.join("|"), "gu") : null;
}

/** Upper and lower again: only so is ß the same as ss, and ς as σ. */
function foldedLetter(letter: string): string {
  return letter.normalize("NFKD").replace(ACCENTS, "").normalize("NFC").toUpperCase().toLowerCase();
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
