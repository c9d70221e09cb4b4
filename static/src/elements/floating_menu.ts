import { place, stepThrough } from "./floating";

/** A menu for many things, opened where it was asked for. Its focus goes back there, wherever else nothing has it. */
export class FloatingMenu {
  readonly #menu: HTMLElement;
  readonly #chosen: (act: string) => void;
  #button: HTMLElement | null = null;

  /** `chosen` hears which act it is, once the menu has closed. */
  constructor(menu: HTMLElement, chosen: (act: string) => void) {
    this.#menu = menu;
    this.#chosen = chosen;
  }

  listen(signal: AbortSignal): void {
    this.#menu.addEventListener("click", this.#pressed, { signal });
    this.#menu.addEventListener("keydown", (event) => stepThrough(this.#rows, event), { signal });
    this.#menu.addEventListener("toggle", this.#toggled, { signal });
  }

  /** Opens beside the button that was pressed, with what can be done as things stand: rows that cannot are hidden. */
  open(button: HTMLElement): void {
    this.#button = button;
    this.#menu.showPopover();
    place(this.#menu, button);
    button.ariaExpanded = "true";
    this.#rows[0]?.focus({ preventScroll: true });
  }

  get #rows(): HTMLElement[] {
    return [...this.#menu.querySelectorAll<HTMLElement>("button:not([hidden])")];
  }

  #pressed = (event: Event): void => {
    const act = (event.target as Element).closest<HTMLElement>("[data-act]")?.dataset.act;
    if (!act) return;
    this.#menu.hidePopover();
    this.#chosen(act);
  };

  #toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState !== "closed" || !this.#button) return;
    this.#button.ariaExpanded = "false";
    if (document.activeElement === document.body) this.#button.focus({ preventScroll: true });
  };
}
