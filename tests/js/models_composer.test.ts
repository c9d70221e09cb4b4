import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newClientId } from "../../static/src/models/client_id";
import { DraftStore, EMPTY_DRAFT, joined } from "../../static/src/models/draft";
import { KeptDraft } from "../../static/src/models/kept_draft";
import { get, post } from "../../static/src/models/send";
import { isSendKey } from "../../static/src/models/send_key";

describe("a client id", () => {
  test("is a UUID of version 7 that begins with the time", () => {
    const id = newClientId(Date.UTC(2026, 10, 22));

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(Date.UTC(2026, 10, 22));
  });

  test("is never the same twice", () => {
    expect(new Set(Array.from({ length: 1000 }, () => newClientId(1)))).toHaveLength(1000);
  });
});

/** What one tab keeps for itself, as the browser does. */
function ownOfATab(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

function draftsOf(user: string, own = ownOfATab()): DraftStore {
  return new DraftStore(own, localStorage, user);
}

describe("a draft", () => {
  beforeEach(() => localStorage.clear());
  const draft = { text: "Draft the notice.", effort: "low", clientId: "", pastes: [] };

  test("is kept for its person and its conversation alone", () => {
    const drafts = draftsOf("alice");
    drafts.save("lease", draft);

    expect(drafts.load("lease")).toEqual(draft);
    expect(drafts.load("")).toEqual(EMPTY_DRAFT);
    expect(draftsOf("bob").load("lease")).toEqual(EMPTY_DRAFT);
  });

  test("without text and without a choice is no draft", () => {
    const drafts = draftsOf("alice");
    drafts.save("lease", draft);
    drafts.save("lease", EMPTY_DRAFT);

    expect(localStorage).toHaveLength(0);
  });

  test("remembers how much the model is to think, before a word is typed", () => {
    const drafts = draftsOf("alice");
    drafts.save("lease", { ...EMPTY_DRAFT, effort: "max" });

    expect(drafts.load("lease").effort).toBe("max");
  });

  test("is gone after signing out, and nobody else's is", () => {
    const own = ownOfATab();
    const [alice, bob] = [draftsOf("alice", own), draftsOf("bob")];
    for (const conversation of ["", "lease", "billing"]) alice.save(conversation, draft);
    bob.save("", draft);
    alice.clearAll();
    alice.save("lease", draft); // as the page is left

    expect(own).toHaveLength(0);
    expect(localStorage).toHaveLength(1);
    expect(bob.load("")).toEqual(draft);
  });

  function refuse(): never {
    throw new DOMException("", "QuotaExceededError");
  }

  test("that does not fit is said to be lost", () => {
    const full = { ...ownOfATab(), setItem: refuse };

    expect(draftsOf("alice", full).save("", draft)).toBe(false);
  });
});

describe("Enter", () => {
  afterEach(() => vi.unstubAllGlobals());

  function press(init: KeyboardEventInit, hasTouchOnly = false): boolean {
    vi.stubGlobal("matchMedia", () => ({ matches: hasTouchOnly }));
    return isSendKey(new KeyboardEvent("keydown", { key: "Enter", ...init }));
  }

  test("sends", () => {
    expect(press({})).toBe(true);
  });

  test.each([
    ["with Shift, which breaks the line", { shiftKey: true }],
    ["while an input method composes", { isComposing: true }],
    ["in browsers that tell of composing only by 229", { keyCode: 229 }],
  ])("does not %s", (_, init) => {
    expect(press(init)).toBe(false);
  });

  test("breaks the line where there is no Shift", () => {
    expect(press({}, true)).toBe(false);
  });
});

describe("the draft of the page", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
  });
  afterEach(() => vi.useRealTimers());

  /** On a page of its own tab, or after a reload of another one's. */
  function kept(own = ownOfATab()): KeptDraft {
    return new KeptDraft(
      draftsOf("alice", own),
      () => "lease",
      () => undefined,
    );
  }

  test("is kept on a pause in typing", () => {
    kept().change("Draft the notice.", "low");
    expect(kept().restore().text).toBe("");

    vi.advanceTimersByTime(300);
    expect(kept().restore().text).toBe("Draft the notice.");
  });

  test("goes out under one id, through a reload, until it is another text", () => {
    const before = kept();
    before.change("Draft the notice.", "");
    const id = before.clientId;
    const after = kept();
    after.restore();

    expect(after.clientId).toBe(id);
    after.change("Draft another.", "");
    expect(after.clientId).not.toBe(id);
  });

  test("goes out under the same id though something was typed and taken away again", () => {
    const draft = kept();
    draft.change("Draft the notice.", "low", ["A long text"]);
    const id = draft.clientId;
    draft.change("Draft the notice. ", "low", ["A long text"]);
    draft.change("Draft the notice.", "low", ["A long text"]);

    expect(draft.clientId).toBe(id);
    draft.keep();
    expect(kept().restore().clientId).toBe(id);
    draft.change("Draft the notice.", "max", ["A long text"]);
    expect(draft.clientId).not.toBe(id);
  });

  test("is nothing that a page writes in which nothing was typed", () => {
    const [idle, busy] = [kept(), kept()];
    idle.restore();
    busy.change("Draft the notice.", "");
    busy.keep();

    idle.keep();

    expect(kept().restore().text).toBe("Draft the notice.");
  });

  test("is its tab's own through a reload, whatever another tab keeps; a new tab has the latest", () => {
    const [first, second] = [ownOfATab(), ownOfATab()];
    for (const [own, text] of [
      [first, "Draft the notice."],
      [second, "Who is the landlord?"],
    ] as const) {
      const draft = kept(own);
      draft.change(text, "");
      draft.keep();
    }

    expect(kept(first).restore().text).toBe("Draft the notice.");
    expect(kept(second).restore().text).toBe("Who is the landlord?");
    expect(kept().restore().text).toBe("Who is the landlord?");
  });

  test("stays where it was written when another one is sent, after a reload too", () => {
    const [first, second] = [ownOfATab(), ownOfATab()];
    const sender = kept(first);
    sender.change("Draft the notice.", "");
    sender.keep();
    const writer = kept(second);
    writer.change("Who is the landlord?", "");
    writer.keep();
    const reloaded = kept(first);
    reloaded.restore();

    reloaded.clear();

    expect(kept(second).restore().text).toBe("Who is the landlord?");
    expect(kept().restore().text).toBe("Who is the landlord?");
  });

  test("is taken away by a page only as that page has known it", () => {
    const [sender, writer] = [kept(), kept()];
    sender.change("Draft the notice.", "");
    sender.keep();
    writer.restore();
    writer.change("Draft the notice, and the reply.", "");
    writer.keep();

    sender.clear();

    expect(kept().restore().text).toBe("Draft the notice, and the reply.");
  });

  test("that was accepted lends its id to no later one", () => {
    const draft = kept();
    draft.change("Yes.", "");
    const id = draft.clientId;
    draft.clear();
    draft.change("", "");
    draft.change("Yes.", "");

    expect(draft.clientId).not.toBe(id);
  });
});

describe("sending", () => {
  afterEach(() => vi.unstubAllGlobals());

  function answering(body: string, status = 200, redirected = false): void {
    const response = Object.defineProperty(new Response(body, { status }), "redirected", {
      value: redirected,
    });
    vi.stubGlobal("fetch", async () => response);
  }

  test("hands over what the server says", async () => {
    answering('{"message": {"id": "m"}}', 201);

    expect(await post("/x/", {}, "t")).toEqual({ ok: true, body: { message: { id: "m" } } });
  });

  test("hands over why the server refuses", async () => {
    answering('{"error": {"code": "limit", "message": "You have reached $5.00.", "id": "a1b2"}}', 402);

    const refusal = { status: 402, code: "limit", message: "You have reached $5.00.", id: "a1b2" };
    expect(await post("/x/", {}, "t")).toEqual({ ok: false, refusal });
  });

  test.each([
    ["said so", '{"error": {"code": "signed_out"}}', 401, false],
    ["redirected to the form", "<!doctype html>", 200, true],
  ])("notices that one is signed out: %s", async (_, body, status, redirected) => {
    answering(body, status, redirected);

    expect(await get("/x/")).toMatchObject({ ok: false, refusal: { code: "signed_out" } });
  });

  test("has a sentence for a server that answers with a page", async () => {
    answering("<h1>Bad gateway</h1>", 502);

    expect(await get("/x/")).toMatchObject({ ok: false, refusal: { code: "http_502", message: /safe/ } });
  });

  test("has a sentence for no answer at all", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);

    const answer = await get("/x/");

    const message = "You are offline. Your text is kept and nothing was sent.";
    expect(answer).toMatchObject({ ok: false, refusal: { code: "offline", message } });
  });
});

test.each([
  ["", "Put back."],
  ["  \n", "Put back."],
  ["Typed since.", "Typed since.\n\nPut back."],
  ["Typed since.\n", "Typed since.\n\nPut back."],
])("a text that is put back loses nothing of %j", (typed, all) => {
  expect(joined(typed, "Put back.")).toBe(all);
});
