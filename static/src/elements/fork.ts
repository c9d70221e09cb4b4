import { Once } from "../models/once";
import type { Refusal } from "../models/send";
import { csrf } from "./page";

const once = new Once();

/** Goes on in a conversation of its own, which begins with all that was said up to this message; or says why not. */
export async function fork(message: string): Promise<Refusal | null> {
  const answer = await once.post<{ conversation: { url: string } }>(`/messages/${message}/fork/`, {}, csrf());
  if (!answer.ok) return answer.refusal;
  location.assign(answer.body.conversation.url);
  return null;
}
