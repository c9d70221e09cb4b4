/** What there is once on a page: its person, its socket, its stores. */
import { ConversationStream } from "../models/conversation_stream";
import { DraftStore } from "../models/draft";
import { get, isSignedOut } from "../models/send";
import { ofBrowser, ofTab } from "../models/storages";
import type { ReplyView } from "../models/views";
import { signal } from "./signals";

export const user = document.querySelector<HTMLElement>("parley-sidebar")?.dataset.user ?? "";

/** What is asked every second is not waited for long. */
const POLL_PATIENCE_MS = 5000;

export const drafts = new DraftStore(ofTab, ofBrowser, user);

export const stream = new ConversationStream(
  {
    openSocket: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}/socket/`),
    fetchReply: async (generation) => {
      const answer = await get<{ reply: ReplyView }>(`/generations/${generation}/`, POLL_PATIENCE_MS);
      if (answer.ok) return answer.body.reply;
      if (isSignedOut(answer.refusal)) signal("signedOut", undefined);
      return answer.refusal.code === "not_found" ? "gone" : null;
    },
  },
  {
    hint: (hint) => signal("hint", hint),
    connected: (isOpen) => signal("connected", isOpen),
    joined: () => signal("joined", undefined),
    returned: () => signal("returned", undefined),
    outdated: reloadUnseen,
    signedOut: () => signal("signedOut", undefined),
    suspended: () => signal("suspended", undefined),
    crowded: (isCrowded) => signal("crowded", isCrowded),
  },
);

/** The token that every form of the page carries. */
export function csrf(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** After a new sign-in the old token is worth nothing: every form of the page, and of its templates, gets the new. */
export function renewCsrf(token: string): void {
  const templates = [...document.querySelectorAll("template")].map(({ content }) => content);
  for (const root of [document, ...templates]) {
    for (const field of root.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) {
      field.value = token;
    }
  }
}

/** A page of another version than its server is loaded anew once nobody looks; drafts and replies survive that. */
function reloadUnseen(): void {
  if (document.hidden) location.reload();
  else
    document.addEventListener("visibilitychange", () => document.hidden && location.reload(), { once: true });
}
