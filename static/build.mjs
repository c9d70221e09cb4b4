// Bundles static/src into static/dist. Entry names stay plain (Django hashes them when it collects static
// files); chunks and fonts carry a hash of their own, because they name each other.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { together } from "./together.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const outdir = join(here, "dist");

/** KaTeX names each font in three formats; every browser we serve reads the first. */
const onlyWoff2 = {
  name: "only-woff2",
  setup(build) {
    build.onLoad({ filter: /katex(\.min)?\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      return { contents: css.replace(/,\s*url\([^)]+\.(woff|ttf)\)\s*format\([^)]+\)/g, ""), loader: "css" };
    });
  },
};

/** A layout of 1.5 MB that we do not ask for. */
const withoutElk = {
  name: "without-elk",
  setup(build) {
    build.onLoad({ filter: /[\\/]elkjs[\\/].*\.js$/ }, () => ({ contents: "export default undefined;" }));
  },
};

const installing = together(outdir, 2);

/**
 * The frame that draws diagrams has an origin of its own, where a module would need to be asked for across origins:
 * so this is one classic script.
 *
 * @type {esbuild.BuildOptions}
 */
const frame = {
  entryPoints: [join(here, "src/diagram_frame.ts")],
  outdir,
  bundle: true,
  format: "iife",
  minify: true,
  target: "es2022",
  write: false,
  plugins: [withoutElk, installing()],
  logLevel: "info",
};

/** @type {esbuild.BuildOptions} */
const pages = {
  entryPoints: ["src/app.ts", "src/pages.ts", "src/css/app.css", "src/css/maths.css"].map((path) => ({
    in: join(here, path),
    out: path.replace(/^src\/(css\/)?|\.\w+$/g, ""),
  })),
  outdir,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  target: "es2022",
  entryNames: "[name]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
  write: false,
  plugins: [onlyWoff2, installing()],
  logLevel: "info",
};

const builds = [pages, frame];
if (process.argv.includes("--watch")) {
  for (const build of builds) await (await esbuild.context(build)).watch();
} else {
  await Promise.all(builds.map((build) => esbuild.build(build)));
}
