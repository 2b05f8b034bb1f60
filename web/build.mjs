/**
 * Bundles the page into `dist/web`: `index.html`, `app.<hash>.js`, `app.<hash>.css` and `icon.svg`, each also compressed
 * (`.br`, `.gz`), so that serving it costs nothing. `node web/build.mjs [DIRECTORY]`.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

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
  for (const { path, contents } of outputFiles) await writeBoth(path, contents);
  const nameOf = (ending) => basename(outputFiles.find(({ path }) => path.endsWith(ending)).path);
  const html = await readFile(join(WEB, "index.html"), "utf8");
  const named = html.replace("app.js", nameOf(".js")).replace("app.css", nameOf(".css"));
  await writeBoth(join(directory, "index.html"), named);
  await writeBoth(join(directory, "icon.svg"), await readFile(join(WEB, "icon.svg")));
}

async function removeOldPage(directory) {
  const old = (await readdir(directory)).filter((name) => /^(?:app\.|index\.html|icon\.svg)/u.test(name));
  await Promise.all(old.map((name) => rm(join(directory, name))));
}

async function writeBoth(path, contents) {
  const bytes = Buffer.from(contents);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(path, bytes);
  await writeFile(`${path}.br`, brotliCompressSync(bytes, quality));
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

await buildPage(resolve(process.argv[2] ?? join(WEB, "..", "dist", "web")));
