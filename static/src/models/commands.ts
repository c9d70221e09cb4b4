/** What stands in the message box, read as a command where it looks like one. */
export type Reading =
  | { kind: "text"; text: string }
  | { kind: "command"; name: string; argument: string }
  | { kind: "unknown"; name: string };

const COMMAND = /^\/([a-z]+)(?:[ \t]+([^\n]*))?\s*$/i;

/**
 * A line of one slash and a word is a command, known or not; anything else, a path such as /etc/hosts too, is text.
 * Two slashes at the start are one slash of a text.
 */
export function readCommand(text: string, known: ReadonlySet<string>): Reading {
  if (text.startsWith("//")) return { kind: "text", text: text.slice(1) };
  const found = COMMAND.exec(text);
  const name = found?.[1]?.toLowerCase();
  if (!name) return { kind: "text", text };
  if (!known.has(name)) return { kind: "unknown", name };
  return { kind: "command", name, argument: (found?.[2] ?? "").trim() };
}
