import { newClientId } from "../models/client_id";
import type { Hint } from "../models/events";
import { ScrollKeeper } from "../models/scroll_keeper";
import { get, post } from "../models/send";
import type { MessageView, Retried } from "../models/views";
import { csrf } from "./page";
import { part, say } from "./parts";
import type { ReplyElement } from "./reply";
import { onSignal, signal } from "./signals";
import { turnOf } from "./turns";
import { canScroll, pageViewport } from "./viewport";

/** `<parley-transcript>`: the turns of a conversation, in order, and where the reader stands in them. */
export class Transcript extends HTMLElement {
  #keeper: ScrollKeeper | null = null;
  #sizes: ResizeObserver | null = null;
  #ends: (() => void)[] = [];

  connectedCallback(): void {
    this.addEventListener("submit", this.#retry);
    if (this.classList.contains("transcript--shared")) return;

    // The browser would go back to where the page was before it knows how long the page is.
    history.scrollRestoration = "manual";
    this.#keeper = new ScrollKeeper(pageViewport);
    this.#sizes = new ResizeObserver(() => this.#resized());
    this.#sizes.observe(this);
    if (this.nextElementSibling) this.#sizes.observe(this.nextElementSibling);
    document.addEventListener("scroll", this.#scrolled, { passive: true });
    this.#jump?.addEventListener("click", this.#jumpToLatest);
    this.#ends = [
      onSignal("hint", (hint) => this.#heard(hint)),
      onSignal("returned", () => void this.refresh()),
      onSignal("moved", () => this.#announce()),
      onSignal("began", ({ id }) => this.#begin(id)),
    ];
    if (!location.hash) this.#keeper.jump();
    this.#announce();
  }

  disconnectedCallback(): void {
    this.removeEventListener("submit", this.#retry);
    document.removeEventListener("scroll", this.#scrolled);
    this.#sizes?.disconnect();
    for (const end of this.#ends) end();
  }

  /** "" as long as nothing was sent. */
  get conversation(): string {
    return this.dataset.conversation ?? "";
  }

  /** The last message: what the next one answers. */
  get tip(): string {
    return this.#turns.at(-1)?.dataset.message ?? "";
  }

  get running(): ReplyElement | null {
    return this.#replies.find((reply) => reply.isRunning) ?? null;
  }

  /** Puts messages at the end; those that stand already stay as they are. */
  add(messages: readonly MessageView[]): void {
    for (const message of messages) {
      if (!this.#turnOf(message.id)) this.#log.append(turnOf(message));
    }
    this.querySelector("[data-part=empty]")?.remove();
    for (const reply of this.#replies) reply.offerRetry();
    signal("moved", undefined);
  }

  /** Follows what one has just said, wherever one was reading. */
  jumpToLatest(): void {
    this.#keeper?.jump();
  }

  /** Looks at what follows the last thing a person said, since another tab may have added or replaced it. */
  async refresh(): Promise<void> {
    if (!this.conversation) return;
    const turns = this.#turns;
    const last = turns.findLastIndex((turn) => turn.classList.contains("turn--said"));
    const said = turns[last];
    const stood = new Map(turns.slice(last + 1).map((turn) => [turn.dataset.message ?? "", turn]));
    const url = `/conversations/${this.conversation}/messages/?after=${said?.dataset.message ?? ""}`;
    const answer = await get<{ messages: MessageView[] }>(url);
    if (!answer.ok) return;

    // The answer is as old as the question: what has come to the page or left it since then is not its business.
    const messages = answer.body.messages.filter(({ id }) => !stood.delete(id));
    for (const turn of stood.values()) turn.remove();
    this.add(messages);
  }

  get #log(): HTMLElement {
    return part(this, "log");
  }

  get #turns(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".turn")];
  }

  get #replies(): ReplyElement[] {
    return [...this.querySelectorAll<ReplyElement>("parley-reply")];
  }

  get #jump(): HTMLElement | null {
    return document.querySelector<HTMLElement>("[data-part=jump]");
  }

  #turnOf(message: string): HTMLElement | undefined {
    return this.#turns.find((turn) => turn.dataset.message === message);
  }

  #begin(conversation: string): void {
    this.dataset.conversation = conversation;
  }

  #heard({ topic, data }: Hint): void {
    if (topic !== "reply_started" || data?.conversation !== this.conversation) return;
    if (!this.#turnOf(data.message ?? "")) void this.refresh();
  }

  #retry = async (event: SubmitEvent): Promise<void> => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.part !== "retry") return;
    event.preventDefault();
    const button = event.submitter as HTMLButtonElement;
    const isByKey = button.matches(":focus-visible");

    button.disabled = true;
    const answer = await post<Retried>(form.action, { client_id: newClientId() }, csrf());
    button.disabled = false;
    if (answer.ok) {
      this.#turnOf(answer.body.replaces)?.remove();
      this.add([answer.body.reply]);
      this.jumpToLatest();
      // The button is gone, and with it the place of whoever moves by keys.
      if (isByKey) focusBox();
    } else {
      form.closest<ReplyElement>("parley-reply")?.complain(answer.refusal.message, answer.refusal.id);
      if (isByKey) button.focus();
    }
  };

  /** One polite line for those who listen; the text itself is never read out as it grows. */
  #announce(): void {
    const status = document.querySelector("[data-part=status]");
    const last = this.#replies.at(-1);
    if (!status || !last) return;
    if (last.isRunning)
      say(status, { waiting: "Waiting", thinking: "Thinking", writing: "Writing", over: "" }[last.phase]);
    else if (status.textContent) say(status, endings[last.status] ?? last.note);
  }

  // --- where the reader stands ---------------------------------------------------------------------------

  #scrolled = (): void => {
    this.#keeper?.scrolled();
    this.#showJump();
  };

  #resized(): void {
    this.#keeper?.resized();
    this.#showJump();
  }

  #showJump(): void {
    if (this.#jump && this.#keeper) this.#jump.hidden = this.#keeper.isFollowing || !canScroll();
  }

  #jumpToLatest = (): void => {
    this.#keeper?.jump();
    this.#showJump();
    focusBox();
  };
}

function focusBox(): void {
  document.querySelector<HTMLTextAreaElement>("#message")?.focus({ preventScroll: true });
}

const endings: Partial<Record<string, string>> = { done: "Answer complete", stopped: "Stopped" };
