/** Where and when the reader is, so that the server calls today what they call today. */

declare global {
  var Temporal: { Now: { timeZoneId(): string } } | undefined;
}

/** As the server writes it: the zone and the day, "Europe/Berlin 2026-11-26". */
export function zoneAndDay(now = new Date()): string {
  const [year, month, day] = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return `${zone()} ${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** A cookie, because the server groups the list before any script runs. */
export function tellZone(): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store does not exist on plain-http networks
  document.cookie = `parley_zone=${zone()}; path=/; max-age=31536000; samesite=lax`;
}

/**
 * The reader's time zone by its name: "Europe/Berlin". Every page asks for it as it begins, and a browser that has to
 * open its calendars to answer takes longer for it than for anything else there.
 */
export function zone(): string {
  return globalThis.Temporal?.Now.timeZoneId() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
