/**
 * Rewrites `<time datetime="…">` from the server's zone into the reader's. `data-format` says how much is shown:
 * "time" (14:02), "date" (3 November 2026), or both; the whole moment stands in the title.
 */
export function localiseTimes(root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;

    element.textContent = formatsOf(element.dataset.format).format(moment);
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
