import type { Phase, Reply } from "../../models/reply";
import type { Status } from "../../models/views";
import { t } from "../../words";

const PHASES: Record<Phase, string> = {
  waiting: t("Waiting"),
  thinking: t("Thinking"),
  writing: t("Writing"),
  over: "",
};
const ENDINGS: Partial<Record<Status, string>> = { done: t("Reply complete"), stopped: t("Stopped") };

/** How a reply stands, in a word or two for those who listen; `note` is what is said where it did not just end. */
export function stateOf(reply: Reply | null, note: string): string {
  if (reply && !reply.isOver) return PHASES[reply.phase];
  return ENDINGS[reply?.view.status ?? "done"] ?? note;
}
