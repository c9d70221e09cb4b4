import { isForInputMethod } from "../models/send_key";

const GOES_ON = ["pointerdown", "input"] as const;

/**
 * `<parley-menu>`: a `<details>` that closes like a menu: on Escape, on a press outside or a word written there, when
 * focus leaves it. It need not have had the focus: on the composer's row a press leaves that in the box.
 */
export class Menu extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("focusout", this.#leave);
    // Before the page hears of it, where Escape stops a reply.
    document.addEventListener("keydown", this.#escape, { capture: true });
    for (const name of GOES_ON) document.addEventListener(name, this.#outside);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#escape, { capture: true });
    for (const name of GOES_ON) document.removeEventListener(name, this.#outside);
  }

  get #details(): HTMLDetailsElement | null {
    return this.querySelector("details");
  }

  close(): void {
    if (this.#details) this.#details.open = false;
  }

  #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#details?.open || isForInputMethod(event)) return;
    event.stopPropagation();
    const hadFocus = this.contains(document.activeElement);
    this.close();
    if (hadFocus) this.querySelector("summary")?.focus();
  };

  #leave = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null;
    // A row that was pressed and takes no focus leaves it to what stands around the menu: nobody has gone elsewhere.
    if (to && !this.contains(to) && !to.contains(this)) this.close();
  };

  #outside = (event: Event): void => {
    if (!this.contains(event.target as Node)) this.close();
  };
}
