import { languageNamed } from "./languages";

/** Endings that are not the language's own name. */
const ENDINGS: Record<string, string> = {
  bash: "sh",
  csharp: "cs",
  haskell: "hs",
  javascript: "js",
  kotlin: "kt",
  latex: "tex",
  markdown: "md",
  mermaid: "mmd",
  perl: "pl",
  powershell: "ps1",
  python: "py",
  ruby: "rb",
  rust: "rs",
  shell: "sh",
  typescript: "ts",
};

/** Names by which people mean another ending than the language has. */
const OWN_ENDINGS = new Set(["html", "jsx", "svg", "toml", "tsx", "jsonc", "mjs"]);

/**
 * What a downloaded block of code is called: as its first line says, where that is a comment with a file's name
 * ("# tools/count.py"), else "code" with the language's ending.
 */
export function fileNameOf(language: string, text: string): string {
  const [firstLine = ""] = text.split("\n", 1);
  const said =
    /^\s*(?:#|\/\/|--|;|%|\/\*|<!--)\s*(?:file(?:name)?:\s*)?(?:[\w.-]+[/\\])*(\w[\w-]*(?:\.[\w-]+)*\.\w{1,8})\s*(?:\*\/|-->)?\s*$/i;
  const name = said.exec(firstLine.slice(0, 200))?.[1];
  if (name) return name;

  const known = languageNamed(language);
  if (known === "dockerfile") return "Dockerfile";
  if (known === "makefile") return "Makefile";
  return `code.${endingOf(language.toLowerCase(), known)}`;
}

function endingOf(language: string, known: string | undefined): string {
  if (OWN_ENDINGS.has(language)) return language;
  if (Object.hasOwn(ENDINGS, language)) return ENDINGS[language] as string;
  if (known === undefined) return "txt";
  return ENDINGS[known] ?? known;
}
