import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stopGeneration } from "../../static/src/models/stop";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  // The browser's own clock is not to be held still.
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), ms);
    return abort.signal;
  });
  vi.stubGlobal("fetch", fetched.mockReset());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function accepted(): Promise<Response> {
  return Promise.resolve(new Response("{}", { status: 202 }));
}

function neverAnswered(_: unknown, init?: RequestInit): Promise<Response> {
  return new Promise((_resolve, reject) => {
    init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
  });
}

test("it tries again while the server cannot be reached", async () => {
  fetched.mockRejectedValueOnce(new TypeError()).mockResolvedValueOnce(new Response("", { status: 502 }));
  fetched.mockImplementation(accepted);

  const isStopped = stopGeneration("g", 17, "t");
  await vi.runAllTimersAsync();

  expect([await isStopped, fetched.mock.calls.length]).toEqual(["stopped", 3]);
});

test("it gives up after the fourth try", async () => {
  fetched.mockRejectedValue(new TypeError());

  const isStopped = stopGeneration("g", 17, "t");
  await vi.runAllTimersAsync();

  expect([await isStopped, fetched.mock.calls.length]).toEqual(["unreachable", 4]);
});

test("it waits five seconds for an answer and no longer", async () => {
  fetched.mockImplementation(neverAnswered);
  const ended = vi.fn();

  void stopGeneration("g", 17, "t").then(ended);
  await vi.advanceTimersByTimeAsync(4999);
  expect(fetched).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(301);
  expect(fetched).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(19_000);
  expect(ended).toHaveBeenCalledExactlyOnceWith("unreachable");
});

test("it does not ask again what was refused", async () => {
  fetched.mockResolvedValue(new Response("", { status: 404 }));

  expect(await stopGeneration("g", 17, "t")).toBe("refused");
  expect(fetched).toHaveBeenCalledOnce();
});
