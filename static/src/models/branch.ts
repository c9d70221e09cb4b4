import type { MessageView } from "./views";

/** What makes turns that stand into a branch: some stay, those behind them go, others come in their place. */
export interface Changes {
  stay: readonly MessageView[];
  go: readonly string[];
  come: readonly MessageView[];
}

/**
 * From the turns `standing` to the branch `messages`. What comes before a message never changes, so whatever the
 * two have in common stands at their beginning.
 */
export function changesTo(standing: readonly string[], messages: readonly MessageView[]): Changes {
  const parting = standing.findIndex((id, place) => id !== messages[place]?.id);
  const kept = parting < 0 ? standing.length : parting;
  return { stay: messages.slice(0, kept), go: standing.slice(kept), come: messages.slice(kept) };
}
