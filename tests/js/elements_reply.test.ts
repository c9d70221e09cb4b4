import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Receipt } from "../../static/src/elements/reply/receipt";
import { ReplyElement } from "../../static/src/elements/reply/reply";
import { signal } from "../../static/src/elements/signals";
import { turnOf } from "../../static/src/elements/turn/turns";
import { CONVERSATION, EverythingNear } from "./elements_support";
import { replyView } from "./models_cast";

customElements.define("parley-receipt", Receipt);
customElements.define("parley-reply", ReplyElement);

const fetched = vi.fn<typeof fetch>();
let reply: ReplyElement;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched.mockReset());
  vi.stubGlobal("IntersectionObserver", EverythingNear);
  document.body.innerHTML = CONVERSATION;
  const view = replyView({ status: "running", seq: 3, text: "Not" });
  const turn = turnOf({
    id: "m",
    role: "assistant",
    author_name: "",
    created_at: "",
    text: "",
    versions: null,
    rating: null,
    whole: "",
    fold: null,
    reply: view,
  });
  document.body.append(turn);
  reply = turn.querySelector("parley-reply") as ReplyElement;
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function note(): string {
  const line = reply.querySelector<HTMLElement>("[data-part=note]");
  return line?.hidden ? "" : (line?.querySelector("[data-part=note-text]")?.textContent ?? "");
}

test("a stop that reaches nobody is said, and can be tried again", async () => {
  fetched.mockRejectedValue(new TypeError());
  void reply.stop();
  expect(reply.classList).toContain("is-frozen");
  await vi.advanceTimersByTimeAsync(4300);

  expect(note()).toBe("The server could not be reached, so the reply goes on. You can stop it again.");
  expect([reply.isRunning, reply.classList.contains("is-frozen")]).toEqual([true, false]);

  fetched.mockResolvedValue(new Response("{}", { status: 202 }));
  await reply.stop();
  expect(fetched.mock.lastCall?.[0]).toBe("/generations/g/stop/");
  expect([note(), reply.classList.contains("is-frozen")]).toEqual(["", true]);
});

test("a stop that the server does not take is said at once", async () => {
  fetched.mockResolvedValue(new Response("", { status: 404 }));
  await reply.stop();

  expect(note()).toBe("The server did not take the stop, so the reply goes on.");
  expect(fetched).toHaveBeenCalledOnce();
});

test("a reply that the page may hear no more of stands still and says so, until one is back", () => {
  signal("signedOut", undefined);
  expect(reply.classList).toContain("is-frozen");
  expect(note()).toBe("You are signed out. The reply goes on; sign in to see the rest.");
  expect(reply.state).toBe(note());

  signal("returned", undefined);
  expect([note(), reply.classList.contains("is-frozen"), reply.state]).toEqual(["", false, "Writing"]);
});

test("a reply that ended while one was away is drawn to its end", async () => {
  signal("signedOut", undefined);
  reply.renew(replyView({ status: "done", seq: 9, text: "Not quite.", can_retry: true }));
  await vi.advanceTimersByTimeAsync(50);

  expect([note(), reply.classList.contains("is-frozen"), reply.isRunning]).toEqual(["", false, false]);
  expect(reply.querySelector("[data-part=text]")?.textContent?.trim()).toBe("Not quite.");
});

test("a reply that goes on from another waits under the words it has carried over", () => {
  reply.view = replyView({ status: "queued", text: "Not quite" });
  expect([reply.state, reply.dataset.phase]).toEqual(["Waiting", "waiting"]);

  reply.renew(replyView({ status: "running", seq: 1, text: "Not quite, then", generation: "g" }));
  vi.advanceTimersByTime(50);
  expect(reply.state).toBe("Writing");
});
