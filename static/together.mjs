// Several builds whose files go to one place: whichever of them has ended anew, the files of all are installed.

import { install } from "./install.mjs";

/**
 * A plugin for each of `count` builds. Nothing is installed before each has ended once; a build with errors leaves
 * what it gave last.
 *
 * @param {string} outdir
 * @param {number} count
 * @returns {() => import("esbuild").Plugin}
 */
export function together(outdir, count) {
  /** @type {Map<symbol, import("esbuild").OutputFile[]>} */
  const latest = new Map();
  let last = Promise.resolve();

  return () => {
    const build = Symbol("build");
    return {
      name: "installing-together",
      setup({ onEnd }) {
        onEnd(async ({ errors, outputFiles = [] }) => {
          if (errors.length) return;
          latest.set(build, outputFiles);
          if (latest.size < count) return;
          last = last.then(() => install(outdir, [...latest.values()].flat()));
          await last;
        });
      },
    };
  };
}
