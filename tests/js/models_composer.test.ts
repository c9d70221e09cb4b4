import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newClientId } from "../../static/src/models/client_id";
import { DraftStore, EMPTY_DRAFT } from "../../static/src/models/draft";
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

describe("a draft", () => {
  beforeEach(() => localStorage.clear());
  const draft = { text: "Draft the notice.", effort: "low", clientId: "", pastes: [] };

  test("is kept for its person and its conversation alone", () => {
    const drafts = new DraftStore(localStorage, "alice");
    drafts.save("lease", draft);

    expect(drafts.load("lease")).toEqual(draft);
    expect(drafts.load("")).toEqual(EMPTY_DRAFT);
    expect(new DraftStore(localStorage, "bob").load("lease")).toEqual(EMPTY_DRAFT);
  });

  test("without text and without a choice is no draft", () => {
    const drafts = new DraftStore(localStorage, "alice");
    drafts.save("lease", draft);
    drafts.save("lease", EMPTY_DRAFT);

    expect(localStorage).toHaveLength(0);
  });

  test("remembers how much the model is to think, before a word is typed", () => {
    const drafts = new DraftStore(localStorage, "alice");
    drafts.save("lease", { ...EMPTY_DRAFT, effort: "max" });

    expect(drafts.load("lease").effort).toBe("max");
  });

  test("is gone after signing out, and nobody else's is", () => {
    const [alice, bob] = [new DraftStore(localStorage, "alice"), new DraftStore(localStorage, "bob")];
    for (const conversation of ["", "lease", "billing"]) alice.save(conversation, draft);
    bob.save("", draft);
    alice.clearAll();
    alice.save("lease", draft); // as the page is left

    expect(localStorage).toHaveLength(1);
    expect(bob.load("")).toEqual(draft);
  });

  test("that does not fit is said to be lost", () => {
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("", "QuotaExceededError");
    });

    expect(new DraftStore(localStorage, "alice").save("", draft)).toBe(false);
    full.mockRestore();
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

  function kept(): KeptDraft {
    return new KeptDraft(
      new DraftStore(localStorage, "alice"),
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
