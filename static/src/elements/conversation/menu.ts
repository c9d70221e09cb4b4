import { type Answer, isSignedOut, postBriefly } from "../../models/send";
import { keepIn, ofTab, outlivesPage, readKept } from "../../models/storages";
import type { Listed } from "../../models/views";
import { FloatingMenu } from "../floating_menu";
import { keepPlace } from "../focus";
import { csrf, user } from "../page";
import { part, say } from "../parts";
import { signal } from "../signals";
import { RenameDialog } from "./rename_dialog";

/** An act that can be taken back, whose it was, and on which conversation. */
interface Done {
  user: string;
  act: "archive" | "delete";
  id: string;
  title: string;
}

const DONE_KEY = "parley.done";
/** How an act is taken back: the form's address and what it says. */
const UNDO = { archive: ["archive", {}], delete: ["restore", {}] } as const;

/** `<parley-conversation-menu>`: what can be done with a row of the list. One menu for all of them. */
export class ConversationMenu extends HTMLElement {
  readonly #menu = new FloatingMenu(part(this, "menu"), (act) => this.#row && this.do(act, this.#row));
  readonly #rename = new RenameDialog(part<HTMLDialogElement>(this, "rename-dialog"), {
    keep: (id, title) => this.#ask(id, "rename", { title }),
    refused: (sentence) => this.#say(sentence, false),
    answered: (id) => keepPlace(moreOf(id)),
  });
  #row: HTMLElement | null = null;
  /** What Undo takes back. */
  #done: Done | null = null;
  /** The conversation that was on screen when it was put away: Undo leads back to it. */
  #left = "";
  #beyond: AbortController | null = null;

  connectedCallback(): void {
    this.#beyond = new AbortController();
    const { signal } = this.#beyond;
    document.addEventListener("click", this.#pressed, { signal });
    this.#menu.listen(signal);
    this.#rename.listen(signal);
    part(this, "undo").addEventListener("click", this.#undo, { signal });
    const done = handedOver();
    this.#left = done?.id ?? "";
    this.#sayDone(done);
  }

  disconnectedCallback(): void {
    this.#beyond?.abort();
  }

  // --- the menu ------------------------------------------------------------------------------------------

  #pressed = (event: Event): void => {
    const button = (event.target as Element).closest<HTMLElement>(".sidebar__more");
    const row = button?.closest<HTMLElement>("li[data-conversation]");
    if (!button || !row) return;
    event.preventDefault();
    this.#row = row;
    const isPinned = row.dataset.pinned !== undefined;
    this.#act("pin").hidden = isPinned;
    this.#act("unpin").hidden = !isPinned;
    this.#menu.open(button);
  };

  #act(name: string): HTMLElement {
    return part(this, "menu").querySelector(`[data-act=${name}]`) as HTMLElement;
  }

  /** Does what a row of the menu says with the conversation of this row of the list. */
  do(act: string, row: HTMLElement): void {
    this.#row = row;
    const id = row.dataset.conversation ?? "";
    if (act === "rename") this.#rename.open(id, part(row, "title").textContent ?? "");
    else if (act === "pin") void this.#change(id, "pin", { on: "on" });
    else if (act === "unpin") void this.#change(id, "pin", {});
    else if (act === "archive") void this.#putAway(id, "archive", { on: "on" });
    else if (act === "delete") void this.#putAway(id, "delete", {});
  }

  // --- the acts ------------------------------------------------------------------------------------------

  /** Its row may be in another place of the list now, without the focus that it had. */
  async #change(id: string, act: string, fields: Record<string, string>): Promise<void> {
    await this.#post(id, act, fields);
    keepPlace(moreOf(id));
  }

  async #putAway(id: string, act: Done["act"], fields: Record<string, string>): Promise<void> {
    const isOpen = this.#row?.querySelector("[aria-current=page]");
    const answer = await this.#post(id, act, fields);
    if (!answer.ok) return;
    const done = { user, act, id, title: answer.body.conversation.title };
    if (!isOpen) {
      this.#sayDone(done);
      keepPlace(part(this, "undo"));
    } else {
      const canTell = !isDrawer() && outlivesPage(ofTab) && keepIn(ofTab, DONE_KEY, JSON.stringify(done));
      location.assign(canTell ? "/" : "/conversations/put-away/");
    }
  }

  async #post(id: string, act: string, fields: Record<string, string>): Promise<Answer<Listed>> {
    const answer = await this.#ask(id, act, fields);
    if (!answer.ok) this.#say(answer.refusal.message, false);
    return answer;
  }

  async #ask(id: string, act: string, fields: Record<string, string>): Promise<Answer<Listed>> {
    const answer = await postBriefly<Listed>(`/conversations/${id}/${act}/`, fields, csrf());
    if (answer.ok) signal("listed", answer.body.conversation);
    else if (isSignedOut(answer.refusal)) signal("signedOut", undefined);
    return answer;
  }

  // --- what was done, and Undo ---------------------------------------------------------------------------

  #sayDone(done: Done | null): void {
    if (!done) return;
    this.#done = done;
    const words = part(this, "done").dataset[done.act === "delete" ? "deleted" : "archived"] ?? "";
    this.#say(
      words.replace("{title}", () => done.title),
      true,
    );
  }

  #say(words: string, canUndo: boolean): void {
    part(this, "done").hidden = false;
    say(part(this, "done-words"), words);
    part(this, "undo").hidden = !canUndo;
  }

  #undo = async (): Promise<void> => {
    if (!this.#done) return;
    const [act, fields] = UNDO[this.#done.act];
    const { id } = this.#done;
    const answer = await this.#post(id, act, fields);
    if (!answer.ok) return;
    this.#done = null;
    part(this, "done").hidden = true;
    if (id === this.#left && location.pathname === "/") location.assign(answer.body.conversation.url);
    // Where its row was not kept, the list asks for it anew.
    keepPlace(moreOf(id), document.querySelector(".sidebar__new"));
  };
}

function moreOf(id: string): Element | null {
  return document.querySelector(`li[data-conversation="${CSS.escape(id)}"] .sidebar__more`);
}

/** Where the list is a drawer, what it says of Undo would not be seen on the next page. */
function isDrawer(): boolean {
  return matchMedia("(width < 56.25rem)").matches;
}

/** What the page before this one has done: told once, and to the same person alone. */
function handedOver(): Done | null {
  const kept = readKept(ofTab.getItem(DONE_KEY)) as Done | null;
  ofTab.removeItem(DONE_KEY);
  return kept?.user === user ? kept : null;
}
