import { zone } from "./zone";

/**
 * Rewrites `<time datetime="…">` into the reader's zone, where the server did not know it. `data-format` says how much
 * is shown: "time" (14:02), "date" (3 November 2026), or both; the whole moment stands in the title.
 */
export function localiseTimes(root: ParentNode = document): void {
  const isWrittenLocally = document.documentElement.dataset.zone === zone();
  const times = [...root.querySelectorAll<HTMLTimeElement>("time[datetime]")].filter(isMoment);
  for (const element of times) {
    // What stands there already is left alone: a page that changes under its reader's eyes is not read.
    if (!isWrittenLocally || !element.textContent)
      element.textContent = written(element, element.dataset.format);
  }
  // Read by a pointer that rests there, so not before: the browser's calendars take a while to open.
  setTimeout(() => {
    for (const element of times) element.title = written(element, "both");
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
