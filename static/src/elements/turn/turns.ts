import { localiseTimes } from "../../local-times";
import type { MessageView, Rating } from "../../models/views";
import { clone, part, sayNote } from "../parts";
import type { ReplyElement } from "../reply/reply";
import { showSaid } from "../said";
import { showVersions } from "./versions";

/** A turn for the transcript, from the same markup as the server's. */
export function turnOf(message: MessageView): HTMLElement {
  const turn = clone(message.role === "user" ? "said-template" : "reply-template");
  turn.dataset.message = message.id;
  turn.id = `message-${message.id}`;
  part(turn, "name").textContent = message.author_name;
  part<HTMLTimeElement>(turn, "time").dateTime = message.created_at;
  localiseTimes(turn);
  showVersions(turn, message);
  showRating(turn, message.rating);

  const reply = replyIn(turn);
  if (reply && message.reply) reply.view = message.reply;
  else showSaid(turn, message);
  nameAsk(turn, message.id);
  return turn;
}

function nameAsk(turn: HTMLElement, message: string): void {
  const ask = turn.querySelector<HTMLButtonElement>("[data-part=ask]");
  if (ask) ask.formAction = `/messages/${message}/ask/`;
}

/** What may have changed about a turn that stands: its versions, and how far its reply has come. */
export function renewTurn(turn: HTMLElement, message: MessageView): void {
  showVersions(turn, message);
  showRating(turn, message.rating);
  if (message.reply) replyIn(turn)?.renew(message.reply);
}

/** Shows in a turn what its reader thinks of it. */
export function showRating(turn: HTMLElement, rating: Rating | null): void {
  turn.dataset.rating = rating?.verdict ?? "";
  turn.dataset.note = rating?.note ?? "";
}

/** Says in a turn why what was asked of it was not done. */
export function complainIn(turn: HTMLElement, sentence: string, id: string): void {
  const reply = replyIn(turn);
  if (reply) reply.complain(sentence, id);
  else sayNote(part(turn, "note"), sentence, "alert", id);
}

function replyIn(turn: HTMLElement): ReplyElement | null {
  return turn.querySelector<ReplyElement>("parley-reply");
}
