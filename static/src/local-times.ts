import { zone } from "./zone";

/**
 * Rewrites `<time datetime="…">` into the reader's zone, where the server did not know it. `data-format` says how much
 * is shown: "time" (14:02), "date" (3 November 2026), or both.
 */
export function localiseTimes(root: ParentNode = document): void {
  const isWrittenLocally = document.documentElement.dataset.zone === zone();
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    // What stands there already is left alone: a page that changes under its reader's eyes is not read.
    if (isMoment(element) && (!isWrittenLocally || !element.textContent))
      element.textContent = written(element, element.dataset.format);
  }
}

/** The whole moment in the title of each time that a pointer comes to, and not before: see `zone`. */
export function entitleTimes(): void {
  document.addEventListener("pointerover", ({ target }) => {
    const element = (target as Element).closest<HTMLTimeElement>("time[datetime]:not([title])");
    if (element && isMoment(element)) element.title = written(element, "both");
  });
}

const language = document.documentElement.lang || "en-GB";
const date = { day: "numeric", month: "long", year: "numeric" } as const;
const time = { hour: "2-digit", minute: "2-digit" } as const;
const OPTIONS: Record<string, Intl.DateTimeFormatOptions> = { time, date };
const formats = new Map<string, Intl.DateTimeFormat>();

function isMoment({ dateTime }: HTMLTimeElement): boolean {
  return !Number.isNaN(new Date(dateTime).getTime());
}

function written({ dateTime }: HTMLTimeElement, name = "both"): string {
  const format =
    formats.get(name) ?? new Intl.DateTimeFormat(language, OPTIONS[name] ?? { ...date, ...time });
  formats.set(name, format);
  return format.format(new Date(dateTime));
}
