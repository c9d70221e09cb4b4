import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Receipt } from "../../static/src/elements/reply/receipt";
import { ReplyElement } from "../../static/src/elements/reply/reply";
import { saidIn } from "../../static/src/elements/said";
import { signal } from "../../static/src/elements/signals";
import { Transcript } from "../../static/src/elements/transcript/transcript";
import type { HintData, Topic } from "../../static/src/models/events";
import type { MessageView, Versions } from "../../static/src/models/views";
import { CONVERSATION, EverythingNear, inOneLine } from "./elements_support";
import { replyView } from "./models_cast";

class NoSizes {
  observe(): void {}
  disconnect(): void {}
}

const UNDER_WAY = "What you asked for before is still under way.";

let transcript: Transcript;
let asked: string[];
/** What each question carried. */
let bodies: string[];
let answers: ((response: Response) => void)[];

beforeAll(() => {
  vi.stubGlobal("IntersectionObserver", EverythingNear);
  vi.stubGlobal("ResizeObserver", NoSizes);
  vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  customElements.define("parley-receipt", Receipt);
  customElements.define("parley-reply", ReplyElement);
  customElements.define("parley-transcript", Transcript);
});

beforeEach(() => {
  asked = [];
  bodies = [];
  answers = [];
  vi.stubGlobal("fetch", (url: string, { body }: RequestInit) => {
    // There is no socket here, so a reply that runs is read over HTTP whenever five seconds are over.
    if (url.includes("/generations/")) return new Promise(() => undefined);
    bodies.push(inOneLine(body));
    asked.push(new URL(url, location.href).pathname + new URL(url, location.href).search);
    return new Promise<Response>((resolve) => answers.push(resolve));
  });
  document.body.innerHTML = CONVERSATION;
  transcript = document.querySelector("parley-transcript") as Transcript;
});

afterEach(() => {
  document.body.replaceChildren();
});

function said(id: string, versions: Versions | null = null): MessageView {
  return {
    id,
    role: "user",
    author_name: "Alice",
    created_at: "2026-11-22T09:00Z",
    text: id,
    versions,
    rating: null,
    whole: "",
    fold: null,
    reply: null,
  };
}

function reply(id: string, status: "running" | "done" | "interrupted" = "done", text = id): MessageView {
  const isOver = status !== "running";
  const view = replyView({
    message: id,
    generation: `g-${id}`,
    status,
    text,
    note: status === "interrupted" ? "The server stopped in mid-reply." : "",
    can_retry: isOver,
    can_continue: status === "interrupted",
  });
  return { ...said(id), role: "assistant", author_name: "DeepSeek V4 Flash", reply: view };
}

async function answer(body: object, status = 200): Promise<void> {
  answers.shift()?.(new Response(JSON.stringify(body), { status }));
  await new Promise((resolve) => setTimeout(resolve));
}

function hint(topic: Topic, id: string, data: HintData | null = null): void {
  signal("hint", { type: "hint", topic, id, data });
}

function standing(): (string | undefined)[] {
  return [...transcript.querySelectorAll<HTMLElement>(".turn")].map((turn) => turn.dataset.message);
}

function partOf(message: string, name: string): HTMLButtonElement {
  const found = transcript.turnOf(message)?.querySelector<HTMLButtonElement>(`[data-part="${name}"]`);
  if (!found) throw new Error(`${message} has no ${name}.`);
  return found;
}

function offered(name: string): (string | undefined)[] {
  const acts = transcript.querySelectorAll<HTMLElement>(`[data-part="${name}"]:not([hidden])`);
  return [...acts].map((act) => act.closest<HTMLElement>(".turn")?.dataset.message);
}

const SECOND_OF_TWO = { number: 2, count: 2, previous: "s1", next: "" };

describe("looking again", () => {
  test("asks for what follows the last thing a person said, and takes over what another tab has made of it", async () => {
    transcript.add([said("s1"), reply("r1")]);
    void transcript.refresh();
    await answer({ after: "s1", messages: [reply("r2"), said("s2"), reply("r3", "running")] });

    expect(asked).toEqual(["/conversations/c/messages/?after=s1"]);
    expect(standing()).toEqual(["s1", "r2", "s2", "r3"]);
    expect(transcript.tip).toBe("r3");
  });

  test("begins anew where nothing of the page is left on the branch, but for what they have in common", async () => {
    transcript.add([said("s1"), reply("r1"), said("s2"), reply("r2")]);
    const kept = transcript.turnOf("r1");
    void transcript.refresh();
    await answer({ after: "", messages: [said("s1"), reply("r1"), said("s3"), reply("r3")] });

    expect(standing()).toEqual(["s1", "r1", "s3", "r3"]);
    expect(transcript.turnOf("r1")).toBe(kept);
  });

  test("leaves everything alone when nothing has changed", async () => {
    transcript.add([said("s1"), reply("r1", "running")]);
    const before = transcript.innerHTML;
    const live = transcript.running;
    void transcript.refresh();
    await answer({ after: "s1", messages: [reply("r1", "running")] });

    expect(transcript.innerHTML).toBe(before);
    expect(transcript.running).toBe(live);
  });

  test("asks once more when something was sent meanwhile", async () => {
    transcript.add([said("s1"), reply("r1")]);
    void transcript.refresh();
    transcript.add([said("s2"), reply("r2", "running")]);
    const live = transcript.running;
    await answer({ after: "s1", messages: [reply("r1")] });
    expect(standing()).toEqual(["s1", "r1", "s2", "r2"]);

    await answer({ after: "s2", messages: [reply("r2", "running")] });
    expect(asked.at(-1)).toContain("after=s2");
    expect(standing()).toEqual(["s1", "r1", "s2", "r2"]);
    expect(transcript.running).toBe(live);
  });

  test("draws the end of a reply whose end was missed", async () => {
    transcript.add([said("s1"), reply("r1", "running", "Not")]);
    void transcript.refresh();
    await answer({ after: "s1", messages: [reply("r1", "interrupted", "Not quite")] });
    await new Promise((resolve) => requestAnimationFrame(resolve));

    expect(transcript.running).toBeNull();
    expect(partOf("r1", "text").textContent).toContain("Not quite");
    expect(offered("continue")).toEqual(["r1"]);
  });

  test("shows the versions that a turn has got meanwhile", async () => {
    transcript.add([said("s2"), reply("r2")]);
    hint("branch", "c");
    await answer({ after: "", messages: [said("s2", SECOND_OF_TWO), reply("r2")] });

    expect(asked).toEqual(["/conversations/c/messages/?from=s2"]);
    expect(partOf("s2", "version").textContent).toBe("2 of 2");
  });
});

describe("hints", () => {
  test("of a reply that is not here lead to a look, others do not", async () => {
    transcript.add([said("s1"), reply("r1", "running")]);
    hint("reply_started", "g-r1", { conversation: "c", message: "r1" });
    hint("reply_started", "g-x", { conversation: "another", message: "x" });
    hint("branch", "another");
    expect(asked).toEqual([]);

    hint("reply_started", "g-r2", { conversation: "c", message: "r2" });
    expect(asked).toHaveLength(1);
  });

  test("are looked into once an act of this page's own is through", async () => {
    transcript.add([said("s2", SECOND_OF_TWO), reply("r2")]);
    partOf("s2", "previous").click();
    hint("branch", "c", { message: "r1" });
    expect(asked).toEqual(["/messages/s1/choose/"]);

    const chosen = said("s1", { number: 1, count: 2, previous: "", next: "s2" });
    await answer({ replaces: "s2", messages: [chosen, reply("r1")] });
    expect(asked).toHaveLength(1);
  });
});

describe("versions", () => {
  beforeEach(() => {
    transcript.add([said("s0"), reply("r0"), said("s2", SECOND_OF_TWO), reply("r2")]);
  });

  test("say which one stands here, and lead to the others by name", () => {
    expect(partOf("s2", "version").textContent).toBe("2 of 2");
    expect(partOf("s2", "previous").ariaLabel).toBe("Version 2 of 2, previous");
    expect([partOf("s2", "previous").ariaDisabled, partOf("s2", "next").ariaDisabled]).toEqual([
      null,
      "true",
    ]);
  });

  test("take the place of the turn and of all after it, and keep the focus", async () => {
    partOf("s2", "previous").click();
    const chosen = said("s1", { number: 1, count: 2, previous: "", next: "s2" });
    await answer({ replaces: "s2", messages: [chosen, reply("r1")] });

    expect(standing()).toEqual(["s0", "r0", "s1", "r1"]);
    expect(document.activeElement).toBe(partOf("s1", "previous"));
    expect(document.querySelector("[data-part=status]")?.textContent).toBe("Version 1 of 2");
  });

  test("cannot be switched while a reply is written, and say why", () => {
    transcript.add([said("s3"), reply("r3", "running")]);
    partOf("s2", "previous").click();

    expect(asked).toEqual([]);
    expect(partOf("s2", "previous").title).toBe("You can switch when the reply is done.");
  });

  test("that the server does not give are complained of where the act was", async () => {
    partOf("s2", "previous").click();
    await answer({ error: { code: "busy", message: "A reply is being written." } }, 409);

    expect(partOf("s2", "note-text").textContent).toBe("A reply is being written.");
    expect(standing()).toEqual(["s0", "r0", "s2", "r2"]);
  });
});

describe("a long conversation", () => {
  function grow(messages: number): void {
    for (let turn = 1; turn <= messages / 2; turn++) transcript.add([said(`s${turn}`), reply(`r${turn}`)]);
  }

  function standingIn(place: Element | null | undefined): number {
    return place?.querySelectorAll(":scope > .turn").length ?? 0;
  }

  function pieces(): Element[] {
    return [...transcript.querySelectorAll(".transcript__piece")];
  }

  test("that grows in its tab stands in pieces behind what a page is loaded with", () => {
    grow(90);

    expect(standingIn(transcript.querySelector("[data-part=log]"))).toBe(60);
    expect(pieces().map(standingIn)).toEqual([20, 10]);
    const turns = pieces().map((piece) => (piece as HTMLElement).style.getPropertyValue("--turns"));
    expect(turns).toEqual(["20", "10"]);
    expect(standing().at(-1)).toBe("r45");
  });

  test("never moves a turn that stands, and is as long as it was when turns are replaced", async () => {
    grow(80);
    const turn = transcript.turnOf("r40");
    transcript.add([said("s41"), reply("r41")]);
    expect(transcript.turnOf("r40")).toBe(turn);
    expect(pieces().map(standingIn)).toEqual([20, 2]);

    partOf("r31", "retry").click();
    await answer({ replaces: "r31", reply: reply("r31b", "running") });

    expect(standing().slice(-2)).toEqual(["s31", "r31b"]);
    expect(pieces().map(standingIn)).toEqual([2]);
  });
});

describe("Retry and Continue", () => {
  test("are offered on every reply that can be retried or continued", () => {
    transcript.add([said("s1"), reply("r1"), said("s2"), reply("r2", "interrupted")]);

    expect([offered("retry"), offered("retry-here"), offered("continue")]).toEqual([["r1"], ["r2"], ["r2"]]);
  });

  test("put the new reply in the place of the old one and of all after it", async () => {
    transcript.add([said("s1"), reply("r1"), said("s2"), reply("r2")]);
    partOf("r1", "retry").click();
    await answer({ replaces: "r1", reply: reply("r3", "running") });

    expect(asked).toEqual(["/replies/r1/retry/"]);
    expect(standing()).toEqual(["s1", "r3"]);
  });

  test("that nobody answered are asked for again under the same id", async () => {
    transcript.add([said("s1"), reply("r1")]);
    partOf("r1", "retry").click();
    await answer({}, 502);
    expect(partOf("r1", "note-text").textContent).not.toBe("");
    partOf("r1", "retry").click();
    await answer({ error: { code: "limit", message: "Your budget is spent." } }, 402);
    partOf("r1", "retry").click();

    expect(bodies).toHaveLength(3);
    expect(bodies[1]).toBe(bodies[0]);
    expect(bodies[2]).not.toBe(bodies[1]);
  });

  test("are asked for one at a time: until it is answered no other act is offered, and one that is pressed is told", async () => {
    transcript.add([said("s1", SECOND_OF_TWO), reply("r1"), said("s2"), reply("r2")]);
    const others = [partOf("r2", "retry"), partOf("s1", "previous")];
    partOf("r1", "retry").click();

    for (const other of others) {
      expect([other.ariaDisabled, other.title]).toEqual(["true", UNDER_WAY]);
      document.querySelector("[data-part=status]")?.replaceChildren();
      other.click();
      expect(document.querySelector("[data-part=status]")?.textContent).toBe(UNDER_WAY);
    }
    expect(asked).toEqual(["/replies/r1/retry/"]);
    await answer({}, 502);
    for (const other of others) expect([other.ariaDisabled, other.title]).toEqual([null, ""]);
  });

  test("a continued reply stands there with all its text at once", async () => {
    transcript.add([said("s1"), reply("r1", "interrupted", "Once upon")]);
    partOf("r1", "continue").click();
    await answer({ replaces: "r1", reply: reply("r2", "running", "Once upon") });

    expect(asked).toEqual(["/replies/r1/continue/"]);
    expect(standing()).toEqual(["s1", "r2"]);
    expect(partOf("r2", "text").textContent?.trim()).toBe("Once upon");
  });

  test("what a hint has brought here already is not put here twice", async () => {
    transcript.add([said("s1"), reply("r1")]);
    transcript.replace("r1", [reply("r2", "running")], "end");
    transcript.replace("r1", [reply("r2", "running")], "end");

    expect(standing()).toEqual(["s1", "r2"]);
  });
});

describe("a message that nobody answered", () => {
  function unanswered(): (string | undefined)[] {
    const lines = transcript.querySelectorAll<HTMLElement>("[data-part=unanswered]:not([hidden])");
    return [...lines].map((line) => line.closest<HTMLElement>(".turn")?.dataset.message);
  }

  test("says so where it ends the conversation, and there alone", () => {
    transcript.add([said("s1"), reply("r1"), said("s2")]);
    expect(unanswered()).toEqual(["s2"]);

    transcript.add([reply("r2", "running")]);
    expect(unanswered()).toEqual([]);
  });

  test("says nothing on a page that does not have the end of the conversation", () => {
    transcript.dataset.later = "";
    transcript.dataset.tip = "r9";
    transcript.add([said("s1"), reply("r1"), said("s2")]);

    expect(unanswered()).toEqual([]);
  });

  test("is asked again, and answered where it stands", async () => {
    transcript.add([said("s1"), reply("r1"), said("s2")]);
    partOf("s2", "ask").click();
    await answer({ after: "s2", reply: reply("r2", "running") });

    expect(asked).toEqual(["/messages/s2/ask/"]);
    expect(standing()).toEqual(["s1", "r1", "s2", "r2"]);
  });

  test("that another tab was faster with is looked at anew", async () => {
    transcript.add([said("s1")]);
    partOf("s1", "ask").click();
    await answer({ error: { code: "answered", message: "This message was answered in the meantime." } }, 409);
    expect(partOf("s1", "note-text").textContent).toBe("This message was answered in the meantime.");
    await answer({ after: "s1", messages: [reply("r1")] });

    expect(asked).toEqual(["/messages/s1/ask/", "/conversations/c/messages/?after=s1"]);
    expect(standing()).toEqual(["s1", "r1"]);
  });
});

describe("what was said at length", () => {
  const long = {
    ...said("s1"),
    text: "Why?\n\nBecause",
    fold: { head: "Why?", line: "Long text", rest: "Because" },
  };

  test("is folded, keeps its line's place, and is edited whole", () => {
    transcript.add([long, reply("r1")]);
    const block = transcript.turnOf("s1")?.querySelector("details");
    expect([block?.open, partOf("s1", "fold-line").textContent]).toEqual([false, "Long text"]);

    partOf("s1", "fold-line").click();
    expect(block?.open).toBe(true);
    partOf("s1", "fold-line").click();

    expect(block?.open).toBe(false);
    expect(saidIn(transcript.turnOf("s1") as HTMLElement)).toBe(long.text);
  });
});
