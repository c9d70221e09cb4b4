import type { FoundMessage, FoundTitle, Part } from "../../models/palette";
import { t, tn } from "../../words";
import { clone, part, say, sayOrHide } from "../parts";

/** How many were found: by kind, as they stand in the list. */
export function counted(conversations: number, messages: number): string {
  const titles = tn("%(count)s conversation is found.", "%(count)s conversations are found.", conversations);
  const said = tn("%(count)s message is found.", "%(count)s messages are found.", messages);
  return [conversations ? titles : "", messages ? said : ""].filter(Boolean).join(" ");
}

/** A conversation or a message that was found. */
export function rowOf(found: FoundTitle | FoundMessage): HTMLElement {
  const row = clone("palette-row-template") as HTMLAnchorElement;
  row.href = found.url;
  part(row, "row-line").replaceChildren(...found.parts.map(pieceOf));
  part(row, "row-archived").hidden = !found.is_archived;
  if ("author" in found) sayOrHide(part(row, "row-title"), `${found.title} · ${found.author}`);
  return row;
}

/** Text, and what is marked in it: never markup. */
function pieceOf({ text, is_hit: isHit }: Part): Node {
  if (!isHit) return document.createTextNode(text);
  const mark = document.createElement("mark");
  mark.textContent = text;
  return mark;
}

/** One row for every model that may answer here and does not yet. */
export function modelRows(): HTMLElement[] {
  const radios = document.querySelectorAll<HTMLInputElement>(
    "parley-composer input[name=model]:not(:checked)",
  );
  return [...radios].map(({ value, dataset }) => {
    const row = clone("palette-row-template");
    row.dataset.modelRow = value;
    say(part(row, "row-line"), t("Switch model: %(name)s", { name: dataset.name ?? value }));
    return row;
  });
}

/** Has this model answer from the next message on, as if it was picked beside the box. */
export function pick(slug: string): void {
  const radio = document.querySelector<HTMLInputElement>(
    `parley-composer input[name=model][value="${CSS.escape(slug)}"]`,
  );
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}
