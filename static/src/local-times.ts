import { zone } from "./zone";

/**
 * Rewrites `<time datetime="…">` into the reader's zone, where the server did not know it. `data-format` says how much
 * is shown: "time" (14:02), "date" (3 November 2026), or both; the whole moment stands in the title.
 */
export function localiseTimes(root: ParentNode = document): void {
  const isWrittenLocally = document.documentElement.dataset.zone === zone();
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;

    // What stands there already is left alone: a page that changes under its reader's eyes is not read.
    if (!isWrittenLocally || !element.textContent) {
      element.textContent = formatsOf(element.dataset.format).format(moment);
    }
    element.title = formats.both.format(moment);
  }
}

const language = document.documentElement.lang || "en-GB";
const date = { day: "numeric", month: "long", year: "numeric" } as const;
const time = { hour: "2-digit", minute: "2-digit" } as const;
const formats = {
  time: new Intl.DateTimeFormat(language, time),
  date: new Intl.DateTimeFormat(language, date),
  both: new Intl.DateTimeFormat(language, { ...date, ...time }),
};

function formatsOf(name: string | undefined): Intl.DateTimeFormat {
  return name === "time" || name === "date" ? formats[name] : formats.both;
}
