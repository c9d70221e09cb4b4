import { t } from "../../words";
import { part, say, shortCount } from "../parts";
import type { Receipt } from "../reply/receipt";

/** Fewer tokens than this in the box are not worth a word. */
const WORTH_SAYING = 1_000;

/**
 * Says how much of the model's context the last reply read, and how much stands in the box: "5.9k of 1M read,
 * ≈ 7.8k to send". The bar is as full as the next turn will make it.
 */
export function drawContextRead(line: HTMLElement, toSend: number): void {
  const receipt = [...document.querySelectorAll<Receipt>("parley-receipt")].at(-1);
  const [read, window] = [receipt?.tokensRead ?? 0, Number(line.dataset.window)];
  const all = windowWords(window, line.dataset.assumed !== undefined);
  const readWords = `${receipt?.isEstimated ? "≈\u00a0" : ""}${shortCount(read)}`;
  const parts = [
    read ? t("%(count)s of %(window)s read", { count: readWords, window: all }) : "",
    toSend >= WORTH_SAYING ? sendWords(shortCount(toSend), read ? "" : all) : "",
  ].filter(Boolean);
  line.hidden = !parts.length;
  say(part(line, "read-words"), parts.join(", "));
  const share = Math.min(1, (read + (receipt?.tokensAnswered ?? 0) + toSend) / window);
  part(line, "read-bar").setAttribute("width", (share * 40).toFixed(1));
  line.classList.toggle("note--alert", read + toSend > window);
}

/** A size that nobody has stated is not said as if somebody had. */
function windowWords(window: number, isAssumed: boolean): string {
  const all = shortCount(window);
  return isAssumed ? t("%(window)s (assumed)", { window: all }) : all;
}

function sendWords(count: string, window: string): string {
  return window
    ? t("≈\u00a0%(count)s of %(window)s to send", { count, window })
    : t("≈\u00a0%(count)s to send", { count });
}
