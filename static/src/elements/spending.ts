import type { MoneyView } from "../models/money";
import { post } from "../models/send";
import { csrf } from "./page";
import { part, sayOrHide } from "./parts";
import { onSignal } from "./signals";

/** `<parley-spending>`: the one line when a window runs low, and asking for more without leaving the page. */
export class Spending extends HTMLElement {
  #end: (() => void) | undefined;
  #isAsking = false;

  connectedCallback(): void {
    this.#end = onSignal("money", (view) => this.#show(view));
    part(this, "hide").addEventListener("submit", this.#hide);
    part(this, "ask-form").addEventListener("submit", this.#ask);
  }

  disconnectedCallback(): void {
    this.#end?.();
    part(this, "hide").removeEventListener("submit", this.#hide);
    part(this, "ask-form").removeEventListener("submit", this.#ask);
  }

  #show({ notice, limit, can_ask, ask_window }: MoneyView): void {
    const isAsking = part<HTMLDetailsElement>(this, "ask").open;
    sayOrHide(part(this, "notice"), notice?.sentence ?? "");
    part(this, "hide").hidden = !notice;
    part<HTMLInputElement>(this, "window").value = notice?.key ?? "";
    part(this, "ask").hidden = !can_ask;
    part<HTMLInputElement>(this, "ask-window").value = ask_window;
    this.hidden = !notice && !limit && !isAsking && part(this, "answer").hidden;
  }

  // These forms stand within the composer, which would take their submitting for its own.
  #hide = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    const key = part<HTMLInputElement>(this, "window").value;
    void post("/usage/notice/", { window: key }, csrf());
    this.hidden = true;
  };

  #ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    event.stopPropagation();
    if (this.#isAsking) return;
    this.#isAsking = true;
    const form = event.target as HTMLFormElement;
    const fields = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const answer = await post<{ message: string }>(form.getAttribute("action") ?? "", fields, csrf());
    this.#isAsking = false;
    const line = part(this, "answer");
    line.classList.toggle("spending__line--alert", !answer.ok);
    sayOrHide(line, answer.ok ? answer.body.message : answer.refusal.message);
    if (!answer.ok) return;

    form.reset();
    part<HTMLDetailsElement>(this, "ask").open = false;
  };
}
