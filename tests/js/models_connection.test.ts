import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConnectionWatch } from "../../static/src/models/connection_watch";
import { Polling } from "../../static/src/models/polling";

let said: string[];
let watch: ConnectionWatch;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  watch = new ConnectionWatch((state) => said.push(state));
  watch.socket(true);
});
afterEach(() => vi.useRealTimers());

describe("the connection", () => {
  test("says nothing of a short gap", () => {
    watch.socket(false);
    vi.advanceTimersByTime(1900);
    watch.socket(true);
    vi.advanceTimersByTime(60_000);

    expect(said).toEqual([]);
  });

  test("says at once what a send found out, and is quiet the moment that is over", () => {
    watch.insist();
    expect(said).toEqual(["offline"]);

    vi.advanceTimersByTime(500);
    watch.network(true);
    expect(said).toEqual(["offline", "fine"]);
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual(["offline", "fine"]);
  });

  test("says after two seconds that it is gone, and is quiet the moment it is back", () => {
    watch.socket(false);
    vi.advanceTimersByTime(2000);
    expect(said).toEqual(["reconnecting"]);

    watch.socket(true);
    expect(said).toEqual(["reconnecting", "fine"]);
  });

  test("counts from the first loss, however many tries fail", () => {
    for (let tries = 0; tries < 4; tries += 1) {
      watch.socket(false);
      vi.advanceTimersByTime(500);
    }

    expect(said).toEqual(["reconnecting"]);
  });

  test("names the network where that is what is missing", () => {
    watch.network(false);
    vi.advanceTimersByTime(2000);
    watch.network(true);
    watch.socket(false);

    expect(said).toEqual(["offline", "fine"]);
  });

  test("goes from offline to reconnecting without a pause", () => {
    watch.socket(false);
    watch.network(false);
    vi.advanceTimersByTime(2000);
    watch.network(true);

    expect(said).toEqual(["offline", "reconnecting"]);
  });

  test("gives a server that said it goes the time to come back", () => {
    watch.socket(false);
    watch.expectGap();
    vi.advanceTimersByTime(14_000);
    watch.socket(true);

    expect(said).toEqual([]);
  });

  test("stops promising a socket where none is to be had", () => {
    watch.socket(false);
    vi.advanceTimersByTime(30_000);

    expect(said).toEqual(["reconnecting", "without"]);
  });

  test("does not count the time in which the page slept", () => {
    watch.socket(false);
    vi.advanceTimersByTime(2000);
    watch.woken();
    vi.advanceTimersByTime(1000);
    watch.socket(true);

    expect(said).toEqual(["reconnecting", "fine"]);
  });
});

test("polling begins after some patience, keeps its pace, and ends when it is told to", async () => {
  const ask = vi.fn(async () => true);
  const polling = new Polling(5000, ask, 3000);
  polling.start();
  await vi.advanceTimersByTimeAsync(4999);
  expect(ask).not.toHaveBeenCalled();

  await vi.advanceTimersByTimeAsync(6001);
  expect(ask).toHaveBeenCalledTimes(3);
  polling.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(3);
});
