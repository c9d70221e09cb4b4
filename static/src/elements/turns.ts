import { localiseTimes } from "../local-times";
import type { MessageView } from "../models/views";
import { clone, part } from "./parts";
import type { ReplyElement } from "./reply";

/** A turn for the transcript, from the same markup as the server's. */
export function turnOf(message: MessageView): HTMLElement {
  const turn = clone(message.role === "user" ? "said-template" : "reply-template");
  turn.dataset.message = message.id;
  part(turn, "name").textContent = message.author_name;
  part<HTMLTimeElement>(turn, "time").dateTime = message.created_at;
  localiseTimes(turn);

  if (message.reply) {
    const reply = turn.querySelector<ReplyElement>("parley-reply");
    if (reply) reply.view = message.reply;
  } else {
    part(turn, "said").textContent = message.text;
  }
  return turn;
}
