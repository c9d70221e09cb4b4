import { sayAloud } from "../../aloud";
import { foldSidebar } from "../../drawer";
import { postBriefly } from "../../models/send";
import { t } from "../../words";
import type { ConversationMenu } from "../conversation/menu";
import { fork } from "../fork";
import type { Menu } from "../menu";
import { csrf } from "../page";
import { say } from "../parts";
import { focusBox } from "../reading/reader";
import type { Transcript } from "../transcript/transcript";
import { copyLink } from "../turn/message_link";

/** What a key or a row of the palette does; what cannot be done on a page is not offered there. */
interface PageAct {
  can?: () => unknown;
  do: () => void;
}

/** By name, as the lists of keys and of the palette have them. The palette and the list of keys add themselves. */
export const pageActs: Record<string, PageAct> = {
  new: { do: () => location.assign("/") },
  box: { can: () => find("#message"), do: focusBox },
  previous: { can: () => neighbour(-1), do: () => neighbour(-1)?.click() },
  next: { can: () => neighbour(1), do: () => neighbour(1)?.click() },
  copy: { can: () => last(".turn--reply [data-part=copy]"), do: copyLast },
  link: { can: () => lastShown(MORE), do: linkLast },
  thinking: { can: thinking, do: () => thinking()?.click() },
  stop: { can: () => shown("parley-composer [data-part=stop]"), do: () => find("[data-part=stop]")?.click() },
  sidebar: { do: foldSidebar },
  rename: { can: current, do: () => onCurrent("rename") },
  pin: { can: () => isPinned() === false, do: () => onCurrent("pin") },
  unpin: { can: () => isPinned() === true, do: () => onCurrent("unpin") },
  archive: { can: current, do: () => onCurrent("archive") },
  delete: { can: current, do: () => onCurrent("delete") },
  edit: { can: () => lastShown(EDIT), do: () => lastShown(EDIT)?.click() },
  retry: { can: () => lastShown(RETRY), do: () => lastShown(RETRY)?.click() },
  fork: { can: conversation, do: () => void forkHere() },
  share: { can: conversation, do: () => find("[data-act=share]")?.click() },
  settings: {
    can: () => find("parley-settings"),
    do: () => document.querySelector("parley-settings")?.open(),
  },
  model: { can: () => find("parley-composer [data-part=models]"), do: openModels },
  light: { do: () => void appear("light") },
  dark: { do: () => void appear("dark") },
  system: { do: () => void appear("system") },
};

const EDIT = ".turn--said [data-part=edit]";
const MORE = ".turn [data-part=more]";
const RETRY = ".turn--reply:last-child :is([data-part=retry], [data-part=retry-here])";

function find<E extends HTMLElement = HTMLElement>(selector: string): E | null {
  return document.querySelector<E>(selector);
}

function shown(selector: string): HTMLElement | null {
  const found = find(selector);
  return found?.checkVisibility() ? found : null;
}

function last(selector: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(selector)].at(-1);
}

/** A button that is not for now is hidden. */
function lastShown(selector: string): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(selector)].findLast((one) => one.checkVisibility());
}

function conversation(): string {
  return find("parley-transcript")?.dataset.conversation ?? "";
}

/** The row of the list that stands before or behind the one on screen; the first or last, where that is none. */
function neighbour(step: 1 | -1): HTMLElement | undefined {
  const links = [...document.querySelectorAll<HTMLElement>(".sidebar__list li [data-part=link]")];
  const at = links.findIndex((link) => link.ariaCurrent === "page");
  return at < 0 ? links.at(step > 0 ? 0 : -1) : links[at + step];
}

/** Of the last reply that has a text: one that failed or only thought leaves the clipboard as it is. */
function copyLast(): void {
  const replies = [...document.querySelectorAll(".turn--reply")];
  const reply = replies.findLast((turn) => turn.querySelector(".reply__text")?.textContent?.trim());
  if (reply) reply.querySelector<HTMLElement>("[data-part=copy]")?.click();
  else sayAloud(t("There is no text to copy."));
}

function linkLast(): void {
  const turn = lastShown(MORE)?.closest<HTMLElement>(".turn");
  if (turn) void copyLink(turn);
}

function thinking(): HTMLElement | undefined {
  return last("parley-reasoning:not([hidden]) summary");
}

function current(): HTMLElement | null {
  return conversation() ? find(`.sidebar__list li[data-conversation="${conversation()}"]`) : null;
}

/** Of the conversation on screen; null where the list has none of that. */
function isPinned(): boolean | null {
  const row = current();
  return row && row.dataset.pinned !== undefined;
}

/** From its last message on. */
async function forkHere(): Promise<void> {
  const refusal = await fork(find<Transcript>("parley-transcript")?.tip ?? "");
  if (refusal) alarm(refusal.message);
}

function onCurrent(act: "rename" | "pin" | "unpin" | "archive" | "delete"): void {
  const row = current();
  if (row) find<ConversationMenu>("parley-conversation-menu")?.do(act, row);
}

function openModels(): void {
  const menu = find<Menu>("parley-composer [data-part=models]");
  menu?.querySelector("details")?.setAttribute("open", "");
  menu?.querySelector<HTMLElement>("input:checked")?.focus();
}

/** Kept for all pages, and seen at once on this one. */
async function appear(appearance: "light" | "dark" | "system"): Promise<void> {
  const answer = await postBriefly<unknown>("/settings/appearance/", { appearance }, csrf());
  if (!answer.ok) return alarm(answer.refusal.message);
  document.documentElement.dataset.appearance = appearance;
  const scheme = document.querySelector<HTMLMetaElement>("meta[name=color-scheme]");
  if (scheme) scheme.content = appearance === "system" ? "light dark" : appearance;
}

function alarm(sentence: string): void {
  const place = find("[data-part=alarm]");
  if (place) say(place, sentence);
}
