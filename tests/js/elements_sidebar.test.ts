import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { part } from "../../static/src/elements/parts";
import { Sidebar } from "../../static/src/elements/sidebar";
import { signal } from "../../static/src/elements/signals";

let answers: ((response: Response) => void)[];

beforeAll(() => customElements.define("parley-sidebar", Sidebar));

beforeEach(() => {
  answers = [];
  vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => answers.push(resolve)));
  localStorage.clear();
  const row = (id: string, isRunning: boolean) => `
    <li data-conversation="${id}"><a data-part="link"><span data-part="title">${id}</span></a>
      <i data-part="shared" hidden></i><i data-part="running" ${isRunning ? "" : "hidden"}></i>
      <i data-part="unread" hidden></i></li>`;
  document.body.innerHTML = `
    <parley-sidebar><div data-part="groups"><section data-group="Today"><ul data-part="rows">
      ${row("a", true)}${row("b", false)}</ul></section></div>
      <p data-part="none" hidden></p><form data-part="sign-out"></form></parley-sidebar>`;
});

afterEach(() => document.body.replaceChildren());

async function answer(running: string[], shared: string[] = [], unread: string[] = []): Promise<void> {
  answers.shift()?.(new Response(JSON.stringify({ running, shared, unread })));
  await new Promise((resolve) => setTimeout(resolve));
}

function marks(id: string): string[] {
  const row = document.querySelector<HTMLElement>(`[data-conversation=${id}]`) as HTMLElement;
  return ["running", "shared", "unread"].filter((name) => !part(row, name).hidden);
}

test.each(["joined", "returned"] as const)(
  "a page that has %s shows what runs, what is shared and what is unread by now",
  async (name) => {
    signal(name, undefined);
    await answer(["b"], ["b"], ["a"]);

    expect([marks("a"), marks("b")]).toEqual([["unread"], ["running", "shared"]]);
  },
);

test("an answer is not believed that is older than a hint", async () => {
  signal("returned", undefined);
  signal("hint", { type: "hint", topic: "reply_ended", id: "g", data: { conversation: "a" } });
  await answer(["a"]);
  expect(marks("a")).toEqual(["unread"]);

  await answer([], [], ["a"]);
  expect(marks("a")).toEqual(["unread"]);
});

test("a page that cannot ask shows what it showed", async () => {
  signal("returned", undefined);
  answers.shift()?.(new Response("", { status: 502 }));
  await new Promise((resolve) => setTimeout(resolve));

  expect([marks("a"), marks("b")]).toEqual([["running"], []]);
});

test("what was read on another device is read here", () => {
  signal("hint", { type: "hint", topic: "reply_ended", id: "g", data: { conversation: "a" } });
  signal("hint", { type: "hint", topic: "seen", id: "a", data: null });

  expect(marks("a")).toEqual([]);
});
