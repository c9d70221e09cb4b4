// @vitest-environment node
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, context } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { together } from "../../static/together.mjs";

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "parley-together-"));
  for (const name of ["pages", "frame"]) await write(name, `${name} as it was`);
});

afterEach(() => rm(place, { recursive: true }));

function write(name: string, words: string): Promise<void> {
  return writeFile(join(place, `${name}.js`), `document.title = "${words}";`);
}

function standing(name: string): Promise<string> {
  return readFile(join(place, "dist", `${name}.js`), "utf8").catch(() => "");
}

function builds() {
  const outdir = join(place, "dist");
  const installing = together(outdir, 2);
  return ["pages", "frame"].map((name) => ({
    entryPoints: [join(place, `${name}.js`)],
    outdir,
    write: false,
    plugins: [installing()],
    logLevel: "silent" as const,
  }));
}

test("what two builds make stands beside each other", async () => {
  await Promise.all(builds().map((one) => build(one)));

  expect(await standing("pages")).toContain("pages as it was");
  expect(await standing("frame")).toContain("frame as it was");
});

test("a source that only one of them reads is built again while both are watched, and the other's files stay", {
  timeout: 130_000,
}, async () => {
  const watched = await Promise.all(builds().map((one) => context(one)));
  try {
    for (const one of watched) await one.watch();
    await vi.waitFor(async () => expect(await standing("frame")).toContain("as it was"), 60_000);

    await write("frame", "frame as it is");

    await vi.waitFor(async () => expect(await standing("frame")).toContain("frame as it is"), 60_000);
    expect(await standing("pages")).toContain("pages as it was");
  } finally {
    for (const one of watched) await one.dispose();
  }
});
