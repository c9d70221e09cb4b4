import { t } from "../words";

/** What is set for a conversation, by the names of its form, in one sentence; "" where all is as usual. */
export function settingsWords(set: Readonly<Record<string, string>>): string {
  const { instructions, temperature, top_p: topP, reply_limit: limit, tools } = set;
  const named = [
    instructions && t("instructions"),
    temperature && t("temperature %(number)s", { number: temperature }),
    topP && t("top-p %(number)s", { number: topP }),
    limit && t("at most %(count)s tokens", { count: Number(limit).toLocaleString("en") }),
    tools && t("may calculate"),
  ].filter(Boolean);
  return named.length ? t("Set for this conversation: %(settings)s.", { settings: named.join(", ") }) : "";
}
