/** `<parley-menu>`: a `<details>` that closes like a menu: on Escape, on a press outside, when focus leaves it. */
export class Menu extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("keydown", this.#escape);
    this.addEventListener("focusout", this.#leave);
    document.addEventListener("pointerdown", this.#pressOutside);
  }

  disconnectedCallback(): void {
    document.removeEventListener("pointerdown", this.#pressOutside);
  }

  get #details(): HTMLDetailsElement | null {
    return this.querySelector("details");
  }

  close(): void {
    if (this.#details) this.#details.open = false;
  }

  #escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#details?.open) return;
    event.stopPropagation();
    this.close();
    this.querySelector("summary")?.focus();
  };

  #leave = (event: FocusEvent): void => {
    const to = event.relatedTarget as Node | null;
    // A row that was pressed and takes no focus leaves it to what stands around the menu: nobody has gone elsewhere.
    if (to && !this.contains(to) && !to.contains(this)) this.close();
  };

  #pressOutside = (event: Event): void => {
    if (!this.contains(event.target as Node)) this.close();
  };
}
