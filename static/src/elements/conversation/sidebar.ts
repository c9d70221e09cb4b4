import type { Hint, HintData } from "../../models/events";
import { type KeptList, keepList, keptList } from "../../models/kept_list";
import { Look } from "../../models/look";
import { get, postBriefly } from "../../models/send";
import { ofTab } from "../../models/storages";
import type { ListPart } from "../../models/views";
import { t } from "../../words";
import { zoneAndDay } from "../../zone";
import { csrf, drafts } from "../page";
import { part, say } from "../parts";
import { onSignal } from "../signals";
import { SidebarList } from "./sidebar_list";

/** `<parley-sidebar>`: the person's conversations; what happens to them elsewhere shows here as it happens. */
export class Sidebar extends HTMLElement {
  readonly #list = new SidebarList(this);
  readonly #look = new Look(
    () => this.#fetch(),
    (answer) => this.#show(answer),
  );
  /** What was open on the page before this one, until it is open here. */
  #kept: KeptList | null = null;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    part(this, "sign-out").addEventListener("submit", this.#forget);
    part(this, "older").addEventListener("click", this.#older);
    document.addEventListener("visibilitychange", this.#turnedTo);
    window.addEventListener("pagehide", this.#keep);
    this.#ends = [
      onSignal("hint", (hint) => this.#heard(hint)),
      onSignal("began", ({ id, ...row }) => this.#begin(id, row)),
      onSignal("joined", () => void this.#look.look()),
      onSignal("returned", () => void this.#look.look()),
      onSignal("shared", (id) => this.#list.row(id) && this.#list.fill(id, { is_shared: true })),
      onSignal("listed", ({ id, ...row }) => this.#listed(id, row)),
    ];
    this.#reopen();
    this.#showCurrent();
    this.#see();
  }

  disconnectedCallback(): void {
    part(this, "sign-out").removeEventListener("submit", this.#forget);
    part(this, "older").removeEventListener("click", this.#older);
    document.removeEventListener("visibilitychange", this.#turnedTo);
    window.removeEventListener("pagehide", this.#keep);
    for (const end of this.#ends) end();
  }

  // --- what happens ---------------------------------------------------------------------------------------

  #heard({ topic, id, data }: Hint): void {
    this.#look.outdate();
    if (topic === "conversation") this.#list.raise(id, data ?? {});
    if (topic === "listed") this.#listed(id, data ?? {});
    if (topic === "seen") this.#list.row(id) && this.#list.fill(id, { is_unread: false });
    if (topic === "reply_started" && data?.conversation) {
      this.#list.raise(data.conversation, { ...data, is_running: true });
    }
    if (topic === "reply_ended" && data?.conversation) this.#ended(data.conversation, data.is_unread);
  }

  #begin(id: string, row: HintData): void {
    this.#look.outdate();
    this.#current?.removeAttribute("aria-current");
    this.#list.raise(id, { ...row, is_running: true });
    const item = this.#list.row(id);
    if (item) part(item, "link").setAttribute("aria-current", "page");
  }

  #ended(conversation: string, isUnread = true): void {
    if (!this.#list.row(conversation)) return;
    this.#list.fill(conversation, { is_running: false, is_unread: isUnread });
    this.#see();
  }

  /** Renamed, pinned or put away, here or elsewhere. Where one stands that came back, the server knows. */
  #listed(id: string, { is_listed: isListed = true, ...data }: HintData): void {
    this.#look.outdate();
    const row = this.#list.row(id);
    if (!isListed) this.#list.remove(id);
    else if (data.is_pinned) this.#list.pin(id, data);
    else if (row && !row.closest("[data-pinned-group]")) this.#list.fill(id, data);
    else void this.#look.look();
  }

  // --- looking again, and further back ---------------------------------------------------------------------

  async #fetch(): Promise<ListPart | null> {
    const rows = Math.max(this.#list.count, this.#kept?.rows ?? 0);
    const answer = await get<ListPart>(`/conversations/list/?rows=${rows}`);
    return answer.ok ? answer.body : null;
  }

  #show(answer: ListPart): void {
    this.#list.show(answer);
    if (this.#kept) {
      this.#container.scrollTop = this.#kept.top;
      this.#showCurrent();
    }
    this.#kept = null;
    this.#see();
  }

  #older = async (event: MouseEvent): Promise<void> => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const link = event.currentTarget as HTMLAnchorElement;
    if (link.ariaBusy === "true") return;
    link.ariaBusy = "true";
    const answer = await get<ListPart>(link.href);
    link.ariaBusy = "false";
    const fault = answer.ok ? "" : t("The older ones did not come. Press Older to ask again.");
    say(part(this, "older-failed"), fault);
    if (!answer.ok) return;
    this.#look.outdate();
    const first = this.#list.append(answer.body);
    // Whoever goes by keyboard goes on where the new rows begin; what is on screen stays where it is.
    if (first && document.activeElement === link) part(first, "link").focus({ preventScroll: true });
  };

  /** Every conversation is a page of its own: the list stands on the next as it stood on the last. */
  #keep = (): void => keepList({ rows: this.#list.count, top: this.#container.scrollTop });

  #reopen(): void {
    const kept = keptList();
    if (!kept) return;
    this.#container.scrollTop = kept.top;
    if (kept.rows <= this.#list.count) return;
    this.#kept = kept;
    void this.#look.look();
  }

  /** Moves the list, never the page, and only where the row on screen would be out of view. */
  #showCurrent(): void {
    const row = this.#current?.getBoundingClientRect();
    const list = this.#container.getBoundingClientRect();
    if (!row || (row.top >= list.top && row.bottom <= list.bottom)) return;
    this.#container.scrollTop += row.top - list.top - (list.height - row.height) / 2;
  }

  get #container(): Element {
    return part(this, "list");
  }

  /** Another day may have begun meanwhile, or another zone. */
  #turnedTo = (): void => {
    this.#see();
    if (!document.hidden && this.#list.drawn !== zoneAndDay()) void this.#look.look();
  };

  /** What is on a screen that is looked at is read, on every device. */
  #see = (): void => {
    const row = this.#current?.closest<HTMLElement>("li");
    if (!row || document.hidden || part(row, "unread").hidden) return;
    part(row, "unread").hidden = true;
    void postBriefly(`/conversations/${row.dataset.conversation}/seen/`, {}, csrf());
  };

  get #current(): Element | null {
    return this.querySelector("[aria-current=page]");
  }

  /** At sign-out nothing of the person stays in this browser. */
  #forget = (): void => {
    window.removeEventListener("pagehide", this.#keep);
    drafts.clearAll();
    ofTab.clear();
  };
}
