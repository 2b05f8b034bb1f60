/**
 * Bundles the page into `dist/web`: `index.html`, `app.<hash>.js`, `app.<hash>.css` and `icon.svg`, and the runbooks in
 * `runbooks`, each also compressed. `node web/build.mjs [DIRECTORY]`.
 */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { buildRunbooks } from "./runbooks/build-runbooks.ts";
import { writePacked } from "./write-packed.ts";

const WEB = fileURLToPath(new URL(".", import.meta.url));

/**
 * Writes the page into a directory, which is emptied of an older page first.
 *
 * @param {string} directory Absolute.
 */
async function buildPage(directory) {
  await mkdir(directory, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: { app: join(WEB, "main.tsx") },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2023",
    // Names change with the content, so browsers keep the files for ever.
    entryNames: "[name].[hash]",
    legalComments: "none",
    tsconfig: join(WEB, "tsconfig.json"),
    outdir: directory,
    write: false,
  });
  await removeOldPage(directory);
  for (const { path, contents } of outputFiles) await writePacked(path, contents);
  const nameOf = (ending) => basename(outputFiles.find(({ path }) => path.endsWith(ending)).path);
  const html = await readFile(join(WEB, "index.html"), "utf8");
  const named = html.replace("app.js", nameOf(".js")).replace("app.css", nameOf(".css"));
  await writePacked(join(directory, "index.html"), named);
  await writePacked(join(directory, "icon.svg"), await readFile(join(WEB, "icon.svg")));
  await buildRunbooks(join(directory, "runbooks"));
}

async function removeOldPage(directory) {
  const old = (await readdir(directory)).filter((name) => /^(?:app\.|index\.html|icon\.svg)/u.test(name));
  await Promise.all(old.map((name) => rm(join(directory, name))));
}

await buildPage(resolve(process.argv[2] ?? join(WEB, "..", "dist", "web")));
