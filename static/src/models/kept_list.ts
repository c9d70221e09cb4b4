import { keepIn, ofTab, readKept } from "./storages";

/** How far back the list was opened on the last page of this tab, and how far down it was scrolled. */
export interface KeptList {
  rows: number;
  top: number;
}

const KEY = "parley.list";

export function keepList(list: KeptList): void {
  keepIn(ofTab, KEY, JSON.stringify(list));
}

/** Null when there was no page before, or what it left cannot be read. */
export function keptList(): KeptList | null {
  const kept = readKept(ofTab.getItem(KEY)) as KeptList | null;
  return kept && Number.isFinite(kept.rows) && Number.isFinite(kept.top) ? kept : null;
}
