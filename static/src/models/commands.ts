/** What stands in the message box, read as a command where it looks like one. */
export type Reading =
  | { kind: "text"; text: string }
  | { kind: "command"; name: string; argument: string }
  | { kind: "unknown"; name: string };

const COMMAND = /^\/([a-z]+)(?:[ \t]+([^\n]*))?\s*$/i;
/** Reads like a command, but for the slashes before it. */
const SLASHED = /^\/+[a-z]+(?:[ \t]+[^\n]*)?\s*$/i;

/**
 * A line of one slash and a word is a command, known or not; anything else, a path such as /etc/hosts too, is text.
 * Two slashes in its place are one slash of a text.
 */
export function readCommand(text: string, known: ReadonlySet<string>): Reading {
  const found = COMMAND.exec(text);
  const name = found?.[1]?.toLowerCase();
  if (!name) return { kind: "text", text: readText(text) };
  if (!known.has(name)) return { kind: "unknown", name };
  return { kind: "command", name, argument: (found?.[2] ?? "").trim() };
}

/** What is meant by what stands in the box, where it is no command. */
export function readText(typed: string): string {
  return typed.startsWith("//") && SLASHED.test(typed) ? typed.slice(1) : typed;
}

/** How a text is to stand in the box in order to be sent as it is. */
export function asTyped(text: string): string {
  return SLASHED.test(text) ? `/${text}` : text;
}
