import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isFinal, type Message, sendMessage } from "../../static/src/models/outbox";

const MESSAGE: Message = { text: "Shall we?", clientId: "id-1", after: "r1", isBranch: false };
const QUEUE = { conversation: "c", rows: [{ id: "q1", text: "Shall we?" }], paused: "" };

let asked: { url: string; form: FormData; signal: AbortSignal | null }[];
let answers: ((response: Response) => void)[];
const progress = { slow: vi.fn(), hanging: vi.fn<(tryAgain: () => void) => void>() };

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  asked = [];
  answers = [];
  vi.stubGlobal("fetch", (url: string, { body, signal }: RequestInit) => {
    asked.push({ url, form: body as FormData, signal: signal ?? null });
    return new Promise<Response>((resolve, reject) => {
      answers.push(resolve);
      signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function send(said: Partial<Message> = {}, conversation = "c") {
  return sendMessage(
    { ...MESSAGE, ...said },
    { conversation, effort: "low", beginning: {}, csrf: () => "t", progress },
  );
}

function answered(body: unknown, status = 201): void {
  answers.at(-1)?.(new Response(JSON.stringify(body), { status }));
}

describe("what is posted", () => {
  test("a first message begins a conversation and answers nothing", () => {
    void send({ after: "" }, "");

    expect(asked[0]?.url).toBe("/conversations/");
    expect(asked[0]?.form.has("after")).toBe(false);
  });

  test("a later one names the message that it answers", () => {
    void send();

    expect(asked[0]?.url).toBe("/conversations/c/messages/");
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      after: "r1",
      client_id: "id-1",
      effort: "low",
    });
    expect(asked[0]?.form.has("branch")).toBe(false);
  });

  test("a branch says that it is one", () => {
    void send({ isBranch: true });

    expect(asked[0]?.form.get("branch")).toBe("on");
  });
});

describe("what comes of it", () => {
  test("it was said", async () => {
    const sending = send();
    answered({ message: { id: "m" }, reply: { id: "r" }, after: "r1" });

    expect(await sending).toMatchObject({ ok: true, body: { said: { after: "r1" }, queue: null } });
  });

  test("it waits", async () => {
    const sending = send();
    answered({ queue: QUEUE }, 202);

    expect(await sending).toEqual({ ok: true, body: { said: null, queue: QUEUE } });
  });

  test.each([
    [402, true],
    [409, true],
    [422, true],
    [401, false],
    [403, false],
    [429, false],
    [500, false],
    [0, false],
  ])("a refusal with %i leaves the text its id or not", (status, isTheEnd) => {
    expect(isFinal({ status, code: "", message: "", id: "" })).toBe(isTheEnd);
  });
});

describe("a server that does not answer", () => {
  test("is said to be slow after a second, and may be asked anew after ten, under the same id", async () => {
    const sending = send();
    await vi.advanceTimersByTimeAsync(1000);
    expect(progress.slow).toHaveBeenCalledOnce();
    expect(progress.hanging).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(9000);
    progress.hanging.mock.lastCall?.[0]();
    await vi.advanceTimersByTimeAsync(0);

    expect(asked[0]?.signal?.aborted).toBe(true);
    expect(asked.map(({ form }) => form.get("client_id"))).toEqual(["id-1", "id-1"]);
    answered({ message: {}, reply: {}, after: "r1" });
    expect(await sending).toMatchObject({ ok: true });
  });

  test("is waited for as long as the person waits", async () => {
    const sending = send();
    await vi.advanceTimersByTimeAsync(120_000);
    answered({ message: {}, reply: {}, after: "r1" });

    expect(await sending).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
  });

  test("that refuses the connection is not asked again by itself", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));

    expect(await send()).toMatchObject({ ok: false, refusal: { code: "offline" } });
  });
});
