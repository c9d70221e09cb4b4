import { type Connection, ConnectionWatch } from "../models/connection_watch";
import { Polling } from "../models/polling";
import type { Refusal } from "../models/send";
import { t } from "../words";
import type { ConnectionNote } from "./neighbours";
import { part, say } from "./parts";
import { onSignal, signal } from "./signals";

/** So long without a socket, and the page looks for news by itself; then so often. */
const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 3000;

const SENTENCES: Record<Connection, string> = {
  fine: "",
  reconnecting: t("Reconnecting…"),
  without: t("No live connection. This page looks for news by itself."),
  offline: t("You are offline. Your text is kept and nothing was sent."),
};

/** Without a network this line says so, at once; whoever was refused for that says nothing more. */
export function isSaidByConnection({ code }: Refusal): boolean {
  if (code !== "offline" || navigator.onLine) return false;
  document.querySelector("parley-connection")?.insist();
  return true;
}

/** `<parley-connection>`: one quiet line while the page hears of nothing, and looking around in the meantime. */
export class ConnectionLine extends HTMLElement implements ConnectionNote {
  readonly #polling = new Polling(PATIENCE_MS, () => this.#lookAround(), LOOK_EVERY_MS);
  #watch: ConnectionWatch | null = null;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    const watch = new ConnectionWatch((state) => this.#say(SENTENCES[state]));
    this.#watch = watch;
    watch.network(navigator.onLine);
    this.#polling.start();

    const beyond = new AbortController();
    const { signal } = beyond;
    window.addEventListener("online", () => watch.network(true), { signal });
    window.addEventListener("offline", () => watch.network(false), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || watch.woken(), { signal });
    this.#ends = [
      () => beyond.abort(),
      onSignal("connected", (isOpen) => this.#heard(isOpen)),
      onSignal("hint", ({ topic }) => topic === "reconnect" && watch.expectGap()),
      // These have a sentence of their own, and there is nothing to look for.
      onSignal("crowded", (isCrowded) => this.classList.toggle("is-explained", isCrowded)),
      onSignal("signedOut", () => this.#polling.stop()),
      onSignal("suspended", () => this.#polling.stop()),
    ];
  }

  disconnectedCallback(): void {
    this.#polling.stop();
    for (const end of this.#ends) end();
  }

  /** A send has just found out that there is no network: it is said without waiting. */
  insist(): void {
    this.#watch?.insist();
  }

  #heard(isOpen: boolean): void {
    this.#watch?.socket(isOpen);
    if (isOpen) this.#polling.stop();
    else this.#polling.start();
  }

  /** What runs or waits may have gone on; nothing else changes by itself. */
  async #lookAround(): Promise<boolean> {
    const isRunning = document.querySelector("parley-transcript")?.running;
    const isWaiting = document.querySelector("parley-queue")?.hasRows;
    if (isRunning || isWaiting) signal("returned", undefined);
    return true;
  }

  #say(sentence: string): void {
    this.hidden = !sentence;
    say(part(this, "connection-text"), sentence);
  }
}
