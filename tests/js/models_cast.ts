import type { ReplyView } from "../../static/src/models/views";

/** A reply that was just queued, but for what a test says of it. */
export function replyView(said: Partial<ReplyView> = {}): ReplyView {
  return {
    message: "m",
    generation: "g",
    status: "queued",
    seq: 0,
    text: "",
    reasoning: "",
    thought_ms: null,
    hops: [],
    thought_line: "",
    waiting_since_ms: 0,
    note: "",
    note_kind: "",
    fault_id: "",
    can_retry: false,
    can_continue: false,
    is_at_own_limit: false,
    mend: null,
    tally: null,
    ...said,
  };
}
