import { vi } from "vitest";
import { type MarkdownOptions, MarkdownView } from "../../static/src/render/markdown";

/** The page after the whole text has come at once, late parts included. */
export async function rendered(text: string, options?: MarkdownOptions): Promise<HTMLElement> {
  const target = document.createElement("div");
  document.body.append(target);
  const view = new MarkdownView(target, options);
  view.update(text, true);
  await view.finished;
  return target;
}

/**
 * The page after the text has come in pieces that end at each of `ends`. The clock stands still meanwhile, so that
 * a busy machine draws every piece too; `look` sees each of them.
 */
export async function streamed(
  text: string,
  ends: Iterable<number>,
  look: (page: HTMLElement) => void = () => {},
): Promise<HTMLElement> {
  const clock = vi.spyOn(performance, "now").mockReturnValue(0);
  const target = document.createElement("div");
  document.body.append(target);
  const view = new MarkdownView(target);
  for (const end of ends) {
    view.update(text.slice(0, end), false);
    look(target);
  }
  view.update(text, true);
  await view.finished;
  clock.mockRestore();
  return target;
}

export function* everyPrefixOf(text: string): Iterable<number> {
  for (let end = 1; end < text.length; end++) yield end;
}

/** What stands on a page, without the number by which its footnotes are told from those of other texts. */
export function drawnIn(page: HTMLElement): string {
  return page.innerHTML.replace(/notes-\d+/g, "notes");
}
