import type { Growth } from "./growth";
import { patch, say } from "./patch";

/** How many nodes of a block that stands stay as they are, and how many of what was drawn of it are used up. */
export interface Grafted {
  stays: number;
  used: number;
}

/**
 * Lets a block that stands as `old` go on: down to the place where something is new, nothing of it is touched. What
 * stands behind the counted nodes of `old` is still to be patched with what was drawn behind those of `fresh`. Returns
 * none, and has done nothing, where the block does not stand as it was written.
 */
export function graft(
  old: readonly ChildNode[],
  fresh: readonly ChildNode[],
  growth: Growth,
): Grafted | undefined {
  const { path, kept } = growth;
  const standing = opened(old, path);
  const drawn = opened(
    fresh,
    path.map(({ tag }) => ({ tag, before: 0 })),
  );
  if (!standing || !drawn) return undefined;

  const outermost = path[0];
  if (!outermost) return { stays: behind(old, kept), used: 0 };
  for (const [depth, element] of standing.entries()) {
    const before = path[depth + 1]?.before;
    const stays = behind(element.childNodes, before === undefined ? kept : before + 1);
    const used = before === undefined ? 0 : 1;
    patch(element, [...element.childNodes].slice(stays), [...(drawn[depth]?.childNodes ?? [])].slice(used));
  }
  return { stays: behind(old, outermost.before + 1), used: 1 };
}

/** Says in a block that stands as `old` the text up to the next tag, where only that is new; whether it could. */
export function graftText(old: readonly ChildNode[], { path, kept }: Growth, text: string): boolean {
  const parent = opened(old, path)?.at(-1);
  if (!parent) return false;
  const next = parent.childNodes[behind(parent.childNodes, kept)];
  if (next instanceof Text) say(next, text);
  else parent.insertBefore(document.createTextNode(text), next ?? null);
  return true;
}

/** The elements that are open along `path`; none if one of them is not there. */
function opened(
  nodes: readonly ChildNode[],
  path: readonly { tag: string; before: number }[],
): Element[] | undefined {
  const found: Element[] = [];
  let level: ArrayLike<ChildNode> = nodes;
  for (const { tag, before } of path) {
    const element = undressed(level[behind(level, before + 1) - 1], tag);
    if (!element) return undefined;
    found.push(element);
    level = element.childNodes;
  }
  return found;
}

/** The element itself, within whatever it was given to be scrolled or headed in. */
function undressed(node: ChildNode | undefined, tag: string): Element | undefined {
  if (!(node instanceof Element)) return undefined;
  if (node.localName === tag) return node;
  return [...node.children].find(({ localName }) => localName === tag);
}

/** The place behind so many elements among these nodes; that of the first node for none. */
function behind(nodes: ArrayLike<ChildNode>, elements: number): number {
  let left = elements;
  let place = 0;
  while (left > 0 && place < nodes.length) if (nodes[place++] instanceof Element) left--;
  return place;
}
