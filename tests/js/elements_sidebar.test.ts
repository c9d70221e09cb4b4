import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Sidebar } from "../../static/src/elements/conversation/sidebar";
import { part } from "../../static/src/elements/parts";
import { signal } from "../../static/src/elements/signals";
import type { ListPart, SidebarRow } from "../../static/src/models/views";
import { zoneAndDay } from "../../static/src/zone";

let asked: string[];
let answers: ((response: Response) => void)[];

const ROW = `
  <li><a data-part="link"><span data-part="title"><b data-part="title-start"></b><b data-part="title-end"></b></span></a><i data-part="shared" hidden></i>
    <i data-part="running" hidden></i><i data-part="unread" hidden></i><a data-part="more"></a></li>`;
const GROUP = `<section><h2 data-part="label"></h2><ul data-part="rows"></ul></section>`;

beforeAll(() => customElements.define("parley-sidebar", Sidebar));

beforeEach(() => {
  asked = [];
  answers = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return new Promise<Response>((resolve) => answers.push(resolve));
  });
  localStorage.clear();
  sessionStorage.clear();
  stand();
});

afterEach(() => document.body.replaceChildren());

function stand(): void {
  const row = (id: string) => ROW.replace("<li>", `<li data-conversation="${id}">`);
  document.body.innerHTML = `
    <template id="sidebar-row-template">${ROW.trim()}</template>
    <template id="sidebar-group-template">${GROUP}</template>
    <parley-sidebar><div data-part="list"></div><div data-part="groups" data-today="Today" data-pinned="Pinned" data-drawn="${zoneAndDay()}">
      <section data-group="Today"><ul data-part="rows">${row("a")}${row("b")}</ul></section></div>
      <a data-part="older" href="/conversations/list/?after=b">Older</a>
      <p data-part="older-failed"></p>
      <p data-part="none" hidden></p><form data-part="sign-out"></form></parley-sidebar>`;
}

function row(id: string, more: Partial<SidebarRow> = {}): SidebarRow {
  const marks = { is_running: false, is_shared: false, is_pinned: false, is_unread: false };
  const title = { title: id, title_start: id, title_end: "" };
  return { id, ...title, url: `/c/${id}/`, ...marks, ...more };
}

function list(groups: Record<string, SidebarRow[]>, older = ""): ListPart {
  return {
    groups: Object.entries(groups).map(([label, rows]) => ({ label, rows, is_pinned: label === "Pinned" })),
    older,
    drawn: zoneAndDay(),
  };
}

async function answer(part: ListPart | null): Promise<void> {
  const response = part ? new Response(JSON.stringify(part)) : new Response("", { status: 502 });
  answers.shift()?.(response);
  await new Promise((resolve) => setTimeout(resolve));
}

function marks(id: string): string[] {
  const item = document.querySelector<HTMLElement>(`[data-conversation=${id}]`) as HTMLElement;
  return ["running", "shared", "unread"].filter((name) => !part(item, name).hidden);
}

/** "Today: a b", group by group. */
function shown(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-group]")].map(
    (group) =>
      `${group.dataset.group}: ${[...group.querySelectorAll("li")].map((item) => item.dataset.conversation).join(" ")}`,
  );
}

function link(id: string): HTMLElement {
  return part(document.querySelector(`[data-conversation=${id}]`) as HTMLElement, "link");
}

test.each(["joined", "returned"] as const)("a page that has %s shows all as it is by now", async (name) => {
  signal(name, undefined);
  await answer(
    list({
      Pinned: [row("c")],
      Today: [row("b", { is_running: true, is_shared: true })],
      Yesterday: [row("d")],
    }),
  );

  expect(shown()).toEqual(["Pinned: c", "Today: b", "Yesterday: d"]);
  expect(marks("b")).toEqual(["running", "shared"]);
});

test("an answer is not believed that is older than a hint", async () => {
  signal("returned", undefined);
  signal("hint", { type: "hint", topic: "reply_ended", id: "g", data: { conversation: "a" } });
  await answer(list({ Today: [row("a", { is_running: true })] }));
  expect(marks("a")).toEqual(["unread"]);

  await answer(list({ Today: [row("a", { is_unread: true }), row("b")] }));
  expect([marks("a"), shown()]).toEqual([["unread"], ["Today: a b"]]);
});

test("a page that cannot ask shows what it showed", async () => {
  signal("returned", undefined);
  await answer(null);

  expect(shown()).toEqual(["Today: a b"]);
});

test("what was read on another device is read here", () => {
  signal("hint", { type: "hint", topic: "reply_ended", id: "g", data: { conversation: "a" } });
  signal("hint", { type: "hint", topic: "seen", id: "a", data: null });

  expect(marks("a")).toEqual([]);
});

test("the focus stays on its row when the list is shown anew in another order", async () => {
  link("b").setAttribute("href", "/c/b/");
  link("b").focus();
  signal("returned", undefined);
  await answer(list({ Today: [row("c"), row("b"), row("a")] }));

  expect(shown()).toEqual(["Today: c b a"]);
  expect(document.activeElement).toBe(link("b"));
});

test("older ones follow, by day, and leave where it is what moved up meanwhile", async () => {
  part(document.body, "older").focus();
  part(document.body, "older").click();
  signal("hint", { type: "hint", topic: "reply_started", id: "g", data: { ...row("y"), conversation: "y" } });
  await answer(list({ Today: [row("y"), row("x")], October: [row("w")] }, "/conversations/list/?after=w"));

  expect(shown()).toEqual(["Today: y a b x", "October: w"]);
  expect(document.activeElement).toBe(link("x"));
  expect(part(document.body, "older").getAttribute("href")).toBe("/conversations/list/?after=w");
});

test("where older ones do not come it says so, and asks again when told to", async () => {
  const older = part(document.body, "older");
  older.click();
  await answer(null);
  expect(part(document.body, "older-failed").textContent).toContain("did not come");

  older.click();
  await answer(list({ October: [row("w")] }));
  expect([part(document.body, "older-failed").textContent, older.hidden]).toEqual(["", true]);
});

test("the next page opens as much as this one had, and asks for it at once", async () => {
  part(document.body, "older").click();
  await answer(list({ October: [row("w")] }));
  window.dispatchEvent(new Event("pagehide"));
  stand();

  expect(asked.at(-1)).toBe("/conversations/list/?rows=3");
  await answer(list({ Today: [row("a"), row("b")], October: [row("w")] }));
  expect(shown()).toEqual(["Today: a b", "October: w"]);
});

test("what is unpinned stands where the server says it belongs", async () => {
  signal("listed", { ...row("a"), is_pinned: true });
  expect(shown()).toEqual(["Pinned: a", "Today: b"]);

  signal("listed", { ...row("a"), is_listed: true });
  await answer(list({ Today: [row("b")], October: [row("a")] }));
  expect(shown()).toEqual(["Today: b", "October: a"]);
});

test("sharing an old one does not move it", () => {
  signal("shared", "b");

  expect([shown(), marks("b")]).toEqual([["Today: a b"], ["shared"]]);
});

test("when another day has begun the list is asked for anew", () => {
  part(document.body, "groups").dataset.drawn = "UTC 2001-01-01";
  document.dispatchEvent(new Event("visibilitychange"));

  expect(asked).toEqual(["/conversations/list/?rows=2"]);
});

test("at sign-out nothing of the list stays in this browser", () => {
  part(document.body, "sign-out").dispatchEvent(new Event("submit"));
  window.dispatchEvent(new Event("pagehide"));

  expect(sessionStorage.length).toBe(0);
});

test("what stands in brackets behind a title is kept apart, so that it is not cut with the rest", () => {
  const fork = row("a", { title: "A long one (fork)", title_start: "A long one", title_end: " (fork)" });
  signal("listed", fork);

  const title = part(document.querySelector("li[data-conversation=a]") as HTMLElement, "title");
  expect([part(title, "title-start").textContent, part(title, "title-end").textContent]).toEqual([
    "A long one",
    " (fork)",
  ]);
  signal("listed", row("a"));
  expect(title.textContent).toBe("a");
});
