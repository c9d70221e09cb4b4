import type { MessageView, Versions } from "../../models/views";
import { t } from "../../words";
import { clone, part, say } from "../parts";

export type Step = "previous" | "next";

/** Shows in a turn which of its versions it is, and the way to those beside it. */
export function showVersions(turn: HTMLElement, { versions }: MessageView): void {
  const place = part(turn, "versions");
  if (!versions) {
    place.replaceChildren();
    return;
  }
  if (!place.firstElementChild) place.append(clone("versions-template"));
  say(part(place, "version"), t("%(number)s of %(all)s", places(versions)));
  for (const step of ["previous", "next"] as const)
    point(part<HTMLButtonElement>(place, step), step, versions);
}

/** The line for those who listen, once another version has come. */
export function sayVersion({ versions }: MessageView): string {
  return versions ? t("Version %(number)s of %(all)s", places(versions)) : "";
}

/** Keeps every switcher in `root` from being used as long as there is a reason why, which it says. */
export function lockVersions(root: ParentNode, why: string): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>(".versions__step")) {
    button.title = button.type === "submit" ? why : "";
    disable(button, why !== "" || button.type !== "submit");
  }
}

/** A button at the end of the row does nothing, but keeps the place of whoever came there by key. */
function point(button: HTMLButtonElement, step: Step, versions: Versions): void {
  const version = versions[step];
  button.type = version ? "submit" : "button";
  if (version) button.formAction = `/messages/${version}/choose/`;
  else button.removeAttribute("formaction");
  button.ariaLabel =
    step === "previous"
      ? t("Version %(number)s of %(all)s, previous", places(versions))
      : t("Version %(number)s of %(all)s, next", places(versions));
  disable(button, !version);
}

function places({ number, count }: Versions): { number: number; all: number } {
  return { number, all: count };
}

/** A button that does nothing now, and keeps the focus that it has. */
export function disable(button: HTMLButtonElement, isDisabled: boolean): void {
  if (isDisabled) button.ariaDisabled = "true";
  else button.ariaDisabled = null;
}
