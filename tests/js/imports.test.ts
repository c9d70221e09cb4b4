// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCES = fileURLToPath(new URL("../../static/src", import.meta.url));
/** Types too: what needs another's type cannot be read, or moved, without it. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

type Imports = ReadonlyMap<string, readonly string[]>;

function importsOf(file: string): string[] {
  const found = readFileSync(join(SOURCES, file), "utf8").matchAll(IMPORTED);
  return [...found].map(([, path]) => `${join(dirname(file), path ?? "")}.ts`);
}

function allImports(): Imports {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** The first way found that leads from a file back to itself; [] where there is none. */
function circleIn(imports: Imports): readonly string[] {
  const clear = new Set<string>();
  const walk = (file: string, way: readonly string[]): readonly string[] => {
    const at = way.indexOf(file);
    if (at >= 0) return [...way.slice(at), file];
    if (clear.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const circle = walk(next, [...way, file]);
      if (circle.length) return circle;
    }
    clear.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle.length) return circle;
  }
  return [];
}

test("the page's scripts import each other one way", () => {
  const imports = allImports();

  expect(imports.get("app.ts")).toContain("elements/transcript/transcript.ts");
  expect(circleIn(imports)).toEqual([]);
});

test("the folders of the page's elements import each other one way", () => {
  const folders = new Map<string, string[]>();
  for (const [file, used] of allImports()) {
    const folder = dirname(file);
    if (!folder.startsWith("elements")) continue;
    const others = used.map(dirname).filter((other) => other.startsWith("elements") && other !== folder);
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }

  expect(folders.get("elements/transcript")).toContain("elements/turn");
  expect(circleIn(folders)).toEqual([]);
});

test("what holds state and what draws Markdown know nothing of the page's elements", () => {
  const below = [...allImports()].filter(([file]) => /^(models|render)\//.test(file));

  expect(below.length).toBeGreaterThan(20);
  expect(below.flatMap(([, used]) => used.filter((path) => path.startsWith("elements/")))).toEqual([]);
});

test("a circle is found, wherever it begins", () => {
  const imports = new Map([
    ["a.ts", ["b.ts", "c.ts"]],
    ["b.ts", []],
    ["c.ts", ["b.ts", "d.ts"]],
    ["d.ts", ["e.ts"]],
    ["e.ts", ["c.ts"]],
  ]);

  expect(circleIn(imports)).toEqual(["c.ts", "d.ts", "e.ts", "c.ts"]);
});
