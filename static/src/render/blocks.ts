import type { Token } from "markdown-it";

/** A block at the top level of a text as it is drawn; `end` is the token behind it. */
export interface Block {
  /** What it was drawn from; none where that is not known any more. */
  html: string | undefined;
  end: number;
  nodes: ChildNode[];
}

/** The blocks of a text, still without nodes, each as `render` writes its tokens. */
export function blocksOf(tokens: Token[], render: (block: Token[]) => string): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  let depth = 0;
  for (const [index, { nesting }] of tokens.entries()) {
    depth += nesting;
    if (depth > 0) continue;
    const end = index + 1;
    blocks.push({ html: render(tokens.slice(start, end)), end, nodes: [] });
    start = end;
  }
  return blocks;
}

/** How many of `blocks` stand drawn from the very same HTML, counted from the first. */
export function sameIn(blocks: readonly Block[], drawn: readonly Block[]): number {
  const changed = blocks.findIndex(({ html }, place) => html !== drawn[place]?.html);
  return changed < 0 ? blocks.length : changed;
}

export function nodesOf(blocks: readonly Block[]): ChildNode[] {
  return blocks.flatMap(({ nodes }) => nodes);
}
