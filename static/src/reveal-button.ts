import { t } from "./words";

/** `<parley-reveal for="…">`: a button that shows a password while it is typed, and hides it again. */
export class RevealButton extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", this.#toggle);
  }

  disconnectedCallback(): void {
    this.removeEventListener("click", this.#toggle);
  }

  #toggle = (event: Event): void => {
    const button = (event.target as Element).closest("button");
    const field = document.getElementById(this.getAttribute("for") ?? "");
    if (!button || !(field instanceof HTMLInputElement)) return;

    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    if (button.firstChild) button.firstChild.textContent = isShown ? t("Show") : t("Hide");
    field.focus();
  };
}
