import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { install } from "../../static/install.mjs";

let outdir: string;

beforeEach(async () => {
  outdir = await mkdtemp(join(tmpdir(), "parley-build-"));
});

afterEach(() => rm(outdir, { recursive: true }));

function built(names: Record<string, string>) {
  const files = Object.entries(names);
  return files.map(([name, text]) => ({
    path: join(outdir, name),
    contents: new TextEncoder().encode(text),
  }));
}

async function standing(): Promise<string[]> {
  const entries = await readdir(outdir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(outdir.length + 1)).sort();
}

test("a build takes the place of the last one, and nothing else stays", async () => {
  await install(outdir, built({ "app.js": "old", "chunks/maths-1.js": "old", ".built": "stamp" }));
  await install(outdir, built({ "app.js": "new", "chunks/maths-2.js": "new" }));

  expect(await standing()).toEqual(["app.js", "chunks/maths-2.js"]);
  expect(await readFile(join(outdir, "app.js"), "utf8")).toBe("new");
});

test("whoever reads while it is installed finds every file, whole", async () => {
  const whole = "x".repeat(1_000_000);
  await install(outdir, built({ "app.js": whole, "chunks/maths.js": whole }));
  let isDone = false;
  const installed = (async () => {
    for (let n = 0; n < 10; n++) await install(outdir, built({ "app.js": whole, "chunks/maths.js": whole }));
    isDone = true;
  })();

  const sizes = new Set<number>();
  while (!isDone) {
    for (const name of ["app.js", "chunks/maths.js"]) sizes.add((await readFile(join(outdir, name))).length);
  }
  await installed;
  expect([...sizes]).toEqual([whole.length]);
});

test("two builds at once leave each other's files alone", async () => {
  const files = built({ "app.js": "new", "chunks/maths.js": "new" });
  await Promise.all([install(outdir, files), install(outdir, files)]);

  expect(await standing()).toEqual(["app.js", "chunks/maths.js"]);
});

test("an entry is never newer than what it names", async () => {
  await writeFile(join(outdir, "chunks"), "a file where the directory should be");

  await expect(install(outdir, built({ "app.js": "new", "chunks/maths.js": "new" }))).rejects.toThrow();
  expect(await standing()).toEqual(["chunks"]);
});
