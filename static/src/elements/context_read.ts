import { sayOrHide, shortCount } from "./parts";
import type { Receipt } from "./receipt";

/** Says in `line` how much of the model's context the last reply took: "5.9k of 1M read". */
export function drawContextRead(line: HTMLElement): void {
  const tokens = [...document.querySelectorAll<Receipt>("parley-receipt")].at(-1)?.tokensRead;
  if (tokens) sayOrHide(line, `${shortCount(tokens)} of ${shortCount(Number(line.dataset.window))} read`);
}
