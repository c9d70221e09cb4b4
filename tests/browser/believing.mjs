// Builds the page's script into the directory given, with raw HTML being HTML and, unless a second word says "sanitised",
// a sanitiser that lets everything through. Only tests of what then still holds load it.

import { readFile } from "node:fs/promises";
import * as esbuild from "esbuild";

const LETS_ALL_THROUGH = `
  const anything = trustedTypes.createPolicy("parley", { createHTML: (text) => text });
  export function sanitise(html) {
    const holder = document.createElement("template");
    holder.innerHTML = anything.createHTML(html);
    return holder.content;
  }
`;

const [directory, isSanitised] = process.argv.slice(2);

const withoutSafety = {
  name: "without-safety",
  setup(build) {
    if (!isSanitised) {
      build.onLoad({ filter: /render[\\/]sanitise\.ts$/ }, () => ({ contents: LETS_ALL_THROUGH, loader: "js" }));
    }
    build.onLoad({ filter: /render[\\/]grammar\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes("html: false")) throw new Error("The grammar no longer says that raw HTML is text.");
      return { contents: source.replace("html: false", "html: true"), loader: "ts" };
    });
  },
};

await esbuild.build({
  entryPoints: { app: "static/src/app.ts" },
  outdir: directory,
  bundle: true,
  format: "esm",
  splitting: true,
  target: "es2022",
  chunkNames: "chunks/[name]-[hash]",
  plugins: [withoutSafety],
});
