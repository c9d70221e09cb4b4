/** A piece of a line that was found; a hit is what was looked for. */
export interface Part {
  text: string;
  is_hit: boolean;
}

export interface FoundTitle {
  title: string;
  url: string;
  is_archived: boolean;
  parts: Part[];
}

export interface FoundMessage extends FoundTitle {
  author: string;
  said_at: string;
}

/** What the server finds for the palette. */
export interface Found {
  conversations: FoundTitle[];
  messages: FoundMessage[];
}

/** True when every word that was typed begins a word of what a row says, in any order. */
export function isMeant(typed: string, words: string): boolean {
  const said = wordsOf(words);
  return wordsOf(typed).every((word) => said.some((other) => other.startsWith(word)));
}

function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}
