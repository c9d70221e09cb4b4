/** An element that is open where a block goes on: its tag as it is written, and the elements before it in its parent. */
interface Open {
  tag: string;
  opening: string;
  before: number;
}

/** What of a block's HTML is not as it was drawn: all from one place on. */
export interface Growth {
  /** What is open at that place, the outermost first. */
  path: Open[];
  /** How many elements stand complete before that place, within the innermost that is open there. */
  kept: number;
  /** The text up to the next tag, where nothing but that text is new. */
  text: string | undefined;
  /** Everything from that place on, with what is open there opened again. */
  html: string;
}

const TAG = /<(\/?)([a-z][a-z0-9]*)[^>]*>/g;
const VOID = ["br", "hr"];
/** Gone on with only together with the next tag: a formula is drawn whole, and the head of code names its language. */
const WITH_NEXT = /^<(?:pre|\w+ class="maths)/;

/**
 * What is new in `after`, the HTML of a block that was drawn from `before`. Both are written by our grammar: well
 * formed, and "<" and ">" nowhere but in tags. The place where they part is always behind a tag.
 */
export function growthOf(before: string, after: string): Growth {
  const same = sameLetters(before, after);
  const path: Open[] = [];
  let [kept, cut] = [0, 0];
  for (const { 0: opening, 1: isClosing, 2: tag = "", index } of after.matchAll(TAG)) {
    const end = index + opening.length;
    if (end > same) break;
    if (isClosing) kept = (path.pop()?.before ?? 0) + 1;
    else if (VOID.includes(tag)) kept++;
    else if (WITH_NEXT.test(opening) && after.indexOf(">", end) >= same) break;
    else {
      path.push({ tag, opening, before: kept });
      kept = 0;
    }
    cut = end;
  }
  const html = path.map(({ opening }) => opening).join("") + after.slice(cut);
  return { path, kept, text: path.length ? textOf(before.slice(cut), after.slice(cut)) : undefined, html };
}

function sameLetters(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let same = 0;
  while (same < most && one.charCodeAt(same) === other.charCodeAt(same)) same++;
  return same;
}

/** What `after` says up to its first tag, if from there on it is as `before` is from its own. */
function textOf(before: string, after: string): string | undefined {
  const [end, ended] = [after.indexOf("<"), before.indexOf("<")];
  return after.slice(end) === before.slice(ended) ? unescaped(after.slice(0, end)) : undefined;
}

const SIGNS: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };

/** The four signs that our grammar escapes, as themselves. */
function unescaped(html: string): string {
  return html.replace(/&(?:amp|lt|gt|quot);/g, (sign) => SIGNS[sign] as string);
}
