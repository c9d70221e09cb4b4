import type { Hint, HintData } from "../models/events";
import { Look } from "../models/look";
import { get, postBriefly } from "../models/send";
import type { Marks } from "../models/views";
import { retitle } from "./beginning";
import { csrf, drafts } from "./page";
import { clone, part, say } from "./parts";
import { onSignal } from "./signals";

const TODAY = "Today";

/** `<parley-sidebar>`: the person's conversations; what happens to them elsewhere shows here as it happens. */
export class Sidebar extends HTMLElement {
  readonly #look = new Look(fetchMarks, (marks) => this.#mark(marks));
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    part(this, "sign-out").addEventListener("submit", forgetPerson);
    document.addEventListener("visibilitychange", this.#see);
    this.#ends = [
      onSignal("hint", (hint) => this.#heard(hint)),
      onSignal("began", ({ id, ...row }) => this.#begin(id, row)),
      onSignal("joined", () => void this.#look.look()),
      onSignal("returned", () => void this.#look.look()),
      onSignal("shared", (id) => this.#put(id, { is_shared: true })),
      onSignal("listed", ({ id, ...row }) => this.#list(id, row)),
    ];
    this.#see();
  }

  disconnectedCallback(): void {
    part(this, "sign-out").removeEventListener("submit", forgetPerson);
    document.removeEventListener("visibilitychange", this.#see);
    for (const end of this.#ends) end();
  }

  #heard({ topic, id, data }: Hint): void {
    this.#look.outdate();
    if (topic === "conversation") this.#put(id, data ?? {});
    if (topic === "listed") this.#list(id, data ?? {});
    if (topic === "seen") this.#read(id);
    if (topic === "reply_started" && data?.conversation) {
      this.#put(data.conversation, { ...data, is_running: true });
    }
    if (topic === "reply_ended" && data?.conversation) this.#ended(data.conversation, data.is_unread);
  }

  #begin(id: string, row: HintData): void {
    this.#look.outdate();
    this.#current?.removeAttribute("aria-current");
    this.#put(id, { ...row, is_running: true });
    const item = this.#rowOf(id);
    if (item) part(item, "link").setAttribute("aria-current", "page");
  }

  #ended(conversation: string, isUnread = true): void {
    const row = this.#rowOf(conversation);
    if (!row) return;
    part(row, "running").hidden = true;
    part(row, "unread").hidden = !isUnread;
    this.#see();
  }

  /** What hints would have said, had they come. */
  #mark({ running, shared, unread }: Marks): void {
    for (const row of this.#rows) {
      const id = row.dataset.conversation ?? "";
      part(row, "running").hidden = !running.includes(id);
      part(row, "shared").hidden = !shared.includes(id);
      part(row, "unread").hidden = !unread.includes(id) || running.includes(id);
    }
    this.#see();
  }

  /** Makes or fills a row and puts it on top: it is the latest now. A pinned one stays where it is. */
  #put(id: string, data: HintData): void {
    const row = this.#filled(id, data);
    const rows = this.#today;
    if (row.dataset.pinned === undefined && rows.firstElementChild !== row) rows.prepend(row);
    this.#tidy();
  }

  /** Renamed, pinned or put away, here or elsewhere; back in the list it stands on top. */
  #list(id: string, { is_listed: isListed = true, ...data }: HintData): void {
    const row = this.#filled(id, data);
    if (!isListed) row.remove();
    else if (data.is_pinned) this.#pinned.prepend(row);
    else if (!row.isConnected || row.closest("[data-pinned-group]")) this.#today.prepend(row);
    this.#tidy();
  }

  #filled(id: string, data: HintData): HTMLElement {
    const { title, url, is_running: isRunning, is_shared: isShared, is_pinned: isPinned } = data;
    const row = this.#rowOf(id) ?? clone("sidebar-row-template");
    const isCurrent = part(row, "link").getAttribute("aria-current") === "page";
    row.dataset.conversation = id;
    part(row, "more").setAttribute("href", `/conversations/${id}/manage/`);
    if (title) say(part(row, "title"), title);
    if (title && isCurrent) retitle(title);
    if (url) part(row, "link").setAttribute("href", url);
    if (isRunning !== undefined) part(row, "running").hidden = !isRunning;
    if (isRunning) part(row, "unread").hidden = true;
    if (isShared !== undefined) part(row, "shared").hidden = !isShared;
    if (isPinned !== undefined) row.toggleAttribute("data-pinned", isPinned);
    return row;
  }

  #tidy(): void {
    for (const group of this.querySelectorAll("[data-group]")) {
      if (!group.querySelector("li")) group.remove();
    }
    part(this, "none").hidden = Boolean(this.querySelector("li[data-conversation]"));
  }

  /** What is on a screen that is looked at is read, on every device. */
  #see = (): void => {
    const row = this.#current?.closest<HTMLElement>("li");
    if (!row || document.hidden || part(row, "unread").hidden) return;
    part(row, "unread").hidden = true;
    void postBriefly(`/conversations/${row.dataset.conversation}/seen/`, {}, csrf());
  };

  #read(id: string): void {
    const row = this.#rowOf(id);
    if (row) part(row, "unread").hidden = true;
  }

  get #today(): HTMLElement {
    return this.#group(TODAY, (made) => {
      const pinned = this.querySelector("[data-pinned-group]");
      if (pinned) pinned.after(made);
      else part(this, "groups").prepend(made);
    });
  }

  get #pinned(): HTMLElement {
    return this.#group(part(this, "groups").dataset.pinned ?? "", (made) => {
      made.toggleAttribute("data-pinned-group", true);
      part(this, "groups").prepend(made);
    });
  }

  /** The rows of the group with this label; where there is none yet, one is made and put in its place. */
  #group(label: string, put: (made: HTMLElement) => void): HTMLElement {
    let group = this.querySelector<HTMLElement>(`[data-group="${CSS.escape(label)}"]`);
    if (!group) {
      group = clone("sidebar-group-template");
      group.dataset.group = label;
      say(part(group, "label"), label);
      put(group);
    }
    return part(group, "rows");
  }

  get #current(): Element | null {
    return this.querySelector("[aria-current=page]");
  }

  get #rows(): Iterable<HTMLElement> {
    return this.querySelectorAll<HTMLElement>("li[data-conversation]");
  }

  #rowOf(id: string): HTMLElement | null {
    return this.querySelector(`li[data-conversation="${CSS.escape(id)}"]`);
  }
}

async function fetchMarks(): Promise<Marks | null> {
  const answer = await get<Marks>("/conversations/marks/");
  return answer.ok ? answer.body : null;
}

/** At sign-out nothing of the person stays in this browser. */
function forgetPerson(): void {
  drafts.clearAll();
}
