// Puts the files of a build in the place of the last one's. Whoever reads there meanwhile, such as a copy of Parley
// that collects its static files as it starts, finds every file there and whole.

import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/** Whoever collects static files passes over names that begin with a dot. */
const ASIDE = ".new-";

/**
 * Each file is written aside and then moved to its place, those that others name before those that name them; what
 * the last build had and this one has not goes at the end.
 *
 * @param {string} outdir
 * @param {readonly { path: string, contents: Uint8Array }[]} files
 */
export async function install(outdir, files) {
  await mkdir(outdir, { recursive: true });
  const aside = await mkdtemp(join(outdir, ASIDE));
  try {
    const inner = files.toSorted((one, other) => depth(other.path) - depth(one.path));
    const moves = inner.map(({ path, contents }) => ({
      path,
      contents,
      from: join(aside, relative(outdir, path)),
    }));
    for (const { from, contents } of moves) await write(from, contents);
    for (const { from, path } of moves) await move(from, path);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  await removeAllBut(new Set(files.map(({ path }) => path)), outdir);
}

/** @param {string} path */
function depth(path) {
  return path.split(sep).length;
}

/** @param {string} path @param {Uint8Array} contents */
async function write(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

/** @param {string} from @param {string} path */
async function move(from, path) {
  await mkdir(dirname(path), { recursive: true });
  await rename(from, path);
}

/** What stands aside belongs to a build that runs at the same time. @param {Set<string>} kept @param {string} within */
async function removeAllBut(kept, within) {
  for (const entry of await readdir(within, { withFileTypes: true })) {
    const path = join(within, entry.name);
    if (entry.name.startsWith(ASIDE)) continue;
    if (entry.isDirectory()) await removeAllBut(kept, path);
    else if (!kept.has(path)) await rm(path, { force: true });
  }
}
