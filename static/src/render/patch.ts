/**
 * Puts `fresh` in the place of `old`, one after the other, and keeps of `old` whatever says the same: a button that
 * has the focus, a selection, how far a block was scrolled and whether its lines are wrapped. Both are children of
 * `parent`, or will be; `old` stands at its end. Returns what stands there now.
 */
export function patch(parent: ParentNode & Node, old: ChildNode[], fresh: ChildNode[]): ChildNode[] {
  const standing = fresh.map((node, index) => {
    const before = old[index];
    if (before) return become(before, node);
    parent.appendChild(node);
    return node;
  });
  for (const node of old.slice(fresh.length)) node.remove();
  return standing;
}

function become(old: ChildNode, fresh: ChildNode): ChildNode {
  if (old.isEqualNode(fresh)) return old;
  if (old instanceof Text && fresh instanceof Text) return say(old, fresh.data);
  if (old instanceof Element && fresh instanceof Element && isSameKind(old, fresh)) {
    if (isCode(old)) becomeCode(old, fresh);
    else patch(old, [...old.childNodes], [...fresh.childNodes]);
    return old;
  }
  old.replaceWith(fresh);
  return fresh;
}

/** Adds to a text where it only grew: what is selected in it stays selected. */
export function say(text: Text, words: string): Text {
  if (words.startsWith(text.data)) text.appendData(words.slice(text.length));
  else text.data = words;
  return text;
}

/** A block of code is the same block while it grows, whatever its reader did with it and however it is coloured. */
function becomeCode(old: Element, fresh: Element): void {
  const [text, words] = [old.querySelector("code"), fresh.querySelector("code")?.textContent ?? ""];
  if (!text || text.textContent === words) return;
  const only = text.childNodes.length === 1 ? text.firstChild : null;
  if (only instanceof Text) say(only, words);
  else text.textContent = words;
}

function isCode(element: Element): boolean {
  return element.matches("figure.code");
}

function isSameKind(old: Element, fresh: Element): boolean {
  if (old.tagName !== fresh.tagName) return false;
  if (isCode(old) || isCode(fresh)) {
    return (
      isCode(old) && isCode(fresh) && old.getAttribute("aria-label") === fresh.getAttribute("aria-label")
    );
  }
  // A formula is drawn at once and whole.
  if (old.matches(".maths")) return false;
  const names = fresh.getAttributeNames();
  return (
    names.length === old.getAttributeNames().length &&
    names.every((name) => old.getAttribute(name) === fresh.getAttribute(name))
  );
}
