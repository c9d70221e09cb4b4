import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stopGeneration } from "../../static/src/models/stop";

const fetched = vi.fn<() => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched.mockReset());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function accepted(): Promise<Response> {
  return Promise.resolve(new Response("{}", { status: 202 }));
}

test("it tries again while the server cannot be reached", async () => {
  fetched.mockRejectedValueOnce(new TypeError()).mockResolvedValueOnce(new Response("", { status: 502 }));
  fetched.mockImplementation(accepted);

  const isStopped = stopGeneration("g", 17, "t");
  await vi.runAllTimersAsync();

  expect([await isStopped, fetched.mock.calls.length]).toEqual([true, 3]);
});

test("it gives up after the fourth try", async () => {
  fetched.mockRejectedValue(new TypeError());

  const isStopped = stopGeneration("g", 17, "t");
  await vi.runAllTimersAsync();

  expect([await isStopped, fetched.mock.calls.length]).toEqual([false, 4]);
});

test("it does not ask again what was refused", async () => {
  fetched.mockResolvedValue(new Response("", { status: 404 }));

  expect(await stopGeneration("g", 17, "t")).toBe(false);
  expect(fetched).toHaveBeenCalledOnce();
});
