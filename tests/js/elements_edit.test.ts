import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { part } from "../../static/src/elements/parts";
import { signal } from "../../static/src/elements/signals";
import { Transcript } from "../../static/src/elements/transcript/transcript";
import { Edit } from "../../static/src/elements/turn/editing";
import { CONVERSATION, EverythingNear, inOneLine } from "./elements_support";

const HANGING_MS = 10_000;

let edit: Edit;
let bodies: string[];
let answers: ((response: Response) => void)[];

beforeAll(() => {
  vi.stubGlobal("IntersectionObserver", EverythingNear);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  Element.prototype.scrollIntoView = () => undefined;
  customElements.define("parley-edit", Edit);
  customElements.define("parley-transcript", Transcript);
});

beforeEach(() => {
  vi.useFakeTimers();
  bodies = [];
  answers = [];
  vi.stubGlobal("fetch", (_url: string, { body, signal }: RequestInit) => {
    bodies.push(inOneLine(body));
    return new Promise<Response>((resolve, reject) => {
      answers.push(resolve);
      signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });
  });
  localStorage.clear();
  sessionStorage.clear();
  document.body.innerHTML = CONVERSATION;
  const transcript = document.querySelector("parley-transcript") as Transcript;
  const message = {
    id: "s1",
    role: "user",
    author_name: "Alice",
    created_at: "2026-11-22T09:00Z",
    text: "Once",
    versions: null,
    rating: null,
    whole: "",
    fold: null,
    reply: null,
  } as const;
  transcript.add([message]);
  part(transcript, "edit").click();
  edit = document.querySelector("parley-edit") as Edit;
  type("Twice");
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

function type(text: string): void {
  part<HTMLTextAreaElement>(edit, "edited").value = text;
  part(edit, "edited").dispatchEvent(new Event("input"));
}

function send(): void {
  part(edit, "send").click();
}

async function answer(body: object, status: number): Promise<void> {
  answers.shift()?.(new Response(JSON.stringify(body), { status }));
  await vi.advanceTimersByTimeAsync(0);
}

test("an edit that may have been taken is sent again under the same id, whatever came between", async () => {
  send();
  await answer({}, 502);
  send();
  await answer({ error: { code: "signed_out", message: "You are signed out." } }, 401);
  send();

  expect(new Set(bodies).size).toBe(1);
  expect(bodies).toHaveLength(3);
});

test("an edit that was refused for good gets an id of its own when it is sent again", async () => {
  send();
  await answer({ error: { code: "limit", message: "Your budget is spent." } }, 402);
  send();

  expect(bodies[1]).not.toBe(bodies[0]);
});

test("an edit that nobody answers keeps its text, and can be sent again", async () => {
  send();
  expect(part<HTMLButtonElement>(edit, "send").disabled).toBe(true);
  await vi.advanceTimersByTimeAsync(HANGING_MS);
  expect(part(edit, "note-text").textContent).toContain("has not answered yet");

  send();
  await vi.advanceTimersByTimeAsync(0);

  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toBe(bodies[0]);
  expect(part<HTMLTextAreaElement>(edit, "edited").value).toBe("Twice");
});

test("whoever signed in again is not told any more that they are signed out", async () => {
  send();
  await answer({ error: { code: "signed_out", message: "You are signed out." } }, 401);

  signal("signedIn", undefined);

  expect(part(edit, "edit-note").hidden).toBe(true);
});

test("a key that an input method is using sends no unfinished word", () => {
  const press = (more: KeyboardEventInit) =>
    part(edit, "edited").dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, ...more }),
    );

  press({ isComposing: true });
  press({ keyCode: 229 });
  expect(bodies).toEqual([]);

  press({});
  expect(bodies).toHaveLength(1);
});
