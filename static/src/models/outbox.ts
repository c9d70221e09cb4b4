import { type Progress, postPatiently } from "./patient_post";
import type { QueueView } from "./queue";
import { type Answer, post, type Refusal } from "./send";
import type { Sent } from "./views";

/** A message on its way. */
export interface Message {
  text: string;
  clientId: string;
  /** The message it answers; "" begins a conversation. */
  after: string;
  /** It answers that one whatever else was said since, as a branch of its own. */
  isBranch: boolean;
}

export interface Circumstances {
  /** "" as long as there is none. */
  conversation: string;
  effort: string;
  /** What a first message begins its conversation with, besides. */
  beginning: Readonly<Record<string, string>>;
  csrf: () => string;
  progress: Progress;
}

/** It stands in the conversation now, behind the message `after`; the first one stands behind "". */
export type Said = Sent & { after: string };

/** What was accepted was said, or it waits for the running reply to end. */
export interface Taken {
  said: Said | null;
  queue: QueueView | null;
}

type Accepted = (Said & { queue?: undefined }) | { queue: QueueView };

export async function sendMessage(message: Message, around: Circumstances): Promise<Answer<Taken>> {
  const answer = await postPatiently((signal) => postOnce(message, around, signal), around.progress);
  if (!answer.ok) return answer;
  const { body } = answer;
  return { ok: true, body: body.queue ? { said: null, queue: body.queue } : { said: body, queue: null } };
}

/** The server has looked at this text under this id, and did not take it. Any other refusal may follow a try that it took. */
export function isFinal({ status }: Refusal): boolean {
  return [402, 409, 422].includes(status);
}

function postOnce(message: Message, around: Circumstances, signal: AbortSignal): Promise<Answer<Accepted>> {
  const { text, clientId, after, isBranch } = message;
  const { conversation, effort, beginning, csrf } = around;
  const fields = { client_id: clientId, text, effort };
  if (!conversation) return post<Accepted>("/conversations/", { ...beginning, ...fields }, csrf(), signal);
  const place = isBranch ? { after, branch: "on" } : { after };
  return post<Accepted>(`/conversations/${conversation}/messages/`, { ...fields, ...place }, csrf(), signal);
}
