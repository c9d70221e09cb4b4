import type { ReplyView, Status } from "../../models/views";
import { part } from "../parts";
import type { ReplyEnd } from "./end";
import { hopsIn } from "./phases";

/** The reply that the server wrote into the page. What a finished one has cost stands in its place already. */
export function viewInPage(reply: HTMLElement, end: ReplyEnd): ReplyView {
  const { generation = "", status = "done", seq, waited, thought } = reply.dataset;
  return {
    message: reply.closest<HTMLElement>("[data-message]")?.dataset.message ?? "",
    generation,
    status: status as Status,
    seq: Number(seq),
    text: part(reply, "text").textContent ?? "",
    reasoning: part(reply, "reasoning").textContent ?? "",
    thought_ms: thought ? Number(thought) : null,
    hops: hopsIn(reply),
    thought_line: "",
    waiting_since_ms: waited ? Number(waited) : null,
    note: end.note,
    note_kind: end.noteKind,
    fault_id: end.faultId,
    can_retry: end.canRetry,
    can_continue: end.canContinue,
    is_at_own_limit: end.isAtOwnLimit,
    mend: end.mend,
    tally: null,
  };
}
