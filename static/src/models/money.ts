/** What a conversation's page shows of money; the server writes every word of it. */
export interface MoneyLine {
  label: string;
  value: string;
  note: string;
}

export interface MoneyView {
  left: string;
  sentence: string;
  is_low: boolean;
  lines: MoneyLine[];
  windows: MoneyLine[];
  /** About the next turn, where it is worth a word; "" else. */
  next: string;
  /** What was reached; "" while something is left. */
  limit: string;
  can_ask: boolean;
  ask_window: string;
  notice: { key: string; sentence: string } | null;
  team: string;
}
