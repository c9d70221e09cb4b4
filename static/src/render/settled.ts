import type { Token } from "markdown-it";

/** A cut: the tokens before `token` and the text before `offset` can no longer change as text is appended. */
export interface Cut {
  token: number;
  offset: number;
}

/**
 * Where a growing text may be cut so that what stands before never needs parsing again: before the last block
 * that begins on a complete line after a blank one. Nothing but an open fence, list or indented code reaches
 * across a blank line, and each of those is one block whose beginning lies earlier; and a complete first line
 * decides for good whether it continues the block before. Link references are the exception: they act backwards,
 * so a text that defines any is parsed whole at its end.
 */
export function cutOf(text: string, tokens: readonly Token[]): Cut {
  const starts = lineStarts(text);
  for (let index = tokens.length - 1; index > 0; index--) {
    const token = tokens[index] as Token;
    const line = token.level === 0 && token.nesting >= 0 ? (token.map?.[0] ?? 0) : 0;
    if (line > 0 && line < starts.length - 1 && isBlank(text, starts, line - 1)) {
      return { token: index, offset: starts[line] as number };
    }
  }
  return { token: 0, offset: 0 };
}

/** Lines as the parser counts them: it takes \r\n, \r and \n for one break each. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const { index, 0: ending } of text.matchAll(/\r\n?|\n/g)) starts.push(index + ending.length);
  return starts;
}

function isBlank(text: string, starts: readonly number[], line: number): boolean {
  return /^[ \t\r\n]*$/.test(text.slice(starts[line], starts[line + 1]));
}
