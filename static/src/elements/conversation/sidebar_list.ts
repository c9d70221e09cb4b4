import type { HintData } from "../../models/events";
import type { ListPart, SidebarRow } from "../../models/views";
import { t } from "../../words";
import { retitle } from "../beginning";
import { clone, part, say } from "../parts";

/** The rows of the list by day, as the server put them; between two looks, what is new stands on top. */
export class SidebarList {
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  get count(): number {
    return this.#rows.length;
  }

  /** In which zone and on which day its groups were made. */
  get drawn(): string {
    return this.#groups.dataset.drawn ?? "";
  }

  /** Shows this and nothing else. Rows that stay are the same elements: the focus stays on them. */
  show({ groups, older, drawn }: ListPart): void {
    const focused = this.#root.querySelector<HTMLElement>(":focus");
    const sections = groups.map(({ label, is_pinned: isPinned, rows }) => {
      const section = this.#section(label) ?? made(label, isPinned);
      replace(
        part(section, "rows"),
        rows.map((row) => this.fill(row.id, row)),
      );
      return section;
    });
    replace(this.#groups, sections);
    this.#groups.dataset.drawn = drawn;
    this.#goOnAt(older);
    this.#tidy();
    if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
  }

  /** Adds the part after the last; what moved up meanwhile stays there. Returns the first new row. */
  append({ groups, older }: ListPart): HTMLElement | null {
    let first: HTMLElement | null = null;
    for (const { label, is_pinned: isPinned, rows } of groups) {
      const fresh = rows.filter((row) => !this.row(row.id)).map((row) => this.fill(row.id, row));
      if (!fresh.length) continue;
      const section = this.#section(label) ?? made(label, isPinned);
      if (!section.isConnected) this.#groups.append(section);
      part(section, "rows").append(...fresh);
      first ??= fresh[0] ?? null;
    }
    this.#goOnAt(older);
    return first;
  }

  /** Makes or fills a row and puts it on top: it is the latest now. A pinned one stays where it is. */
  raise(id: string, data: HintData): void {
    const row = this.fill(id, data);
    if (row.dataset.pinned !== undefined && row.isConnected) return;
    const rows = part(row.dataset.pinned === undefined ? this.#today : this.#pinned, "rows");
    if (rows.firstElementChild !== row) rows.prepend(row);
    this.#tidy();
  }

  /** First of those that are pinned. */
  pin(id: string, data: HintData): void {
    part(this.#pinned, "rows").prepend(this.fill(id, data));
    this.#tidy();
  }

  remove(id: string): void {
    this.row(id)?.remove();
    this.#tidy();
  }

  /** The row with what is known of it; where there is none yet, one that stands nowhere. */
  fill(id: string, data: HintData | SidebarRow): HTMLElement {
    const { title, url, is_running: isRunning, is_shared: isShared, is_pinned: isPinned } = data;
    const row = this.row(id) ?? clone("sidebar-row-template");
    if (url === location.pathname) part(row, "link").setAttribute("aria-current", "page");
    const isCurrent = part(row, "link").getAttribute("aria-current") === "page";
    row.dataset.conversation = id;
    part(row, "more").setAttribute("href", `/conversations/${id}/manage/`);
    if (title) {
      say(part(row, "title-start"), data.title_start ?? title);
      say(part(row, "title-end"), data.title_end ?? "");
      part(row, "more").setAttribute("aria-label", t("More for “%(title)s”", { title }));
    }
    if (title && isCurrent) retitle(title);
    if (url) part(row, "link").setAttribute("href", url);
    if (isRunning !== undefined) part(row, "running").hidden = !isRunning;
    if (isShared !== undefined) part(row, "shared").hidden = !isShared;
    if (isPinned !== undefined) row.toggleAttribute("data-pinned", isPinned);
    if (isRunning) part(row, "unread").hidden = true;
    else if (data.is_unread !== undefined) part(row, "unread").hidden = !data.is_unread;
    return row;
  }

  row(id: string): HTMLElement | null {
    return this.#root.querySelector(`li[data-conversation="${CSS.escape(id)}"]`);
  }

  get #rows(): HTMLElement[] {
    return [...this.#root.querySelectorAll<HTMLElement>("li[data-conversation]")];
  }

  get #groups(): HTMLElement {
    return part(this.#root, "groups");
  }

  get #today(): HTMLElement {
    const label = this.#groups.dataset.today ?? "";
    const section = this.#section(label) ?? made(label, false);
    if (section.isConnected) return section;
    const pinned = this.#root.querySelector("[data-pinned-group]");
    if (pinned) pinned.after(section);
    else this.#groups.prepend(section);
    return section;
  }

  get #pinned(): HTMLElement {
    const label = this.#groups.dataset.pinned ?? "";
    const section = this.#section(label) ?? made(label, true);
    if (!section.isConnected) this.#groups.prepend(section);
    return section;
  }

  #section(label: string): HTMLElement | null {
    return this.#root.querySelector(`[data-group="${CSS.escape(label)}"]`);
  }

  #goOnAt(older: string): void {
    const link = part<HTMLAnchorElement>(this.#root, "older");
    link.hidden = !older;
    link.setAttribute("href", older);
  }

  #tidy(): void {
    for (const group of this.#root.querySelectorAll("[data-group]")) {
      if (!group.querySelector("li")) group.remove();
    }
    part(this.#root, "none").hidden = this.count > 0;
  }
}

function made(label: string, isPinned: boolean): HTMLElement {
  const section = clone("sidebar-group-template");
  section.dataset.group = label;
  section.toggleAttribute("data-pinned-group", isPinned);
  say(part(section, "label"), label);
  return section;
}

/** Leaves alone what stands as it should: what is moved in the page loses focus and hover. */
function replace(parent: HTMLElement, children: HTMLElement[]): void {
  const isSame =
    children.length === parent.children.length &&
    children.every((child, at) => parent.children[at] === child);
  if (!isSame) parent.replaceChildren(...children);
}
