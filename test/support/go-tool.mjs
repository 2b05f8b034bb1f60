// Programs that tests need and that npm does not have: built by Go from a pinned module, or out of a Debian package.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

const PROGRESS_EVERY_MS = 15_000;

/**
 * Builds one package of a module whose go.mod names the version; does nothing when that go.mod, with those sources, has
 * been built before.
 *
 * @param tool.folder Where go.mod is.
 * @param tool.name Of the program, for people.
 * @param tool.module Whose version is the program's.
 * @param tool.package What is built.
 * @param tool.program The file to make.
 * @param tool.sources Files of the package that lie beside go.mod; none for one of another module.
 * @param tool.variables What the linker sets, from the version, `v1.2.3`, and from those of other modules.
 * @param tool.isStatic Whether it must run where there are no libraries, such as in an image of its own.
 */
export async function buildGoTool(tool) {
  const { folder, name, module, program, sources = [], isStatic = false } = tool;
  const { version, versionOf, hash } = readGoMod(folder, module, sources);
  const stamp = `${program}.stamp`;
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) {
    say(`${name} ${version} is there`);
    return;
  }
  mkdirSync(dirname(program), { recursive: true });
  const flags = Object.entries(tool.variables(version, versionOf)).map(
    ([variable, value]) => `-X ${variable}=${value}`,
  );
  say(`building ${name} ${version}, which takes some minutes the first time`);
  const startedAt = performance.now();
  const linked = ["-s -w", ...flags].join(" ");
  const variables = isStatic ? { CGO_ENABLED: "0" } : {};
  await go(["build", "-v", "-trimpath", "-ldflags", linked, "-o", program, tool.package], folder, variables);
  writeFileSync(stamp, hash);
  say(`built ${name} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}

/**
 * Builds a program of a module that cannot be built where Go keeps it, since files are missing there: out of a copy to
 * which they are added. Does nothing when that version, with those files, has been built before.
 *
 * @param tool.module And `tool.version`, such as `v1.2.3`.
 * @param tool.sum Of the module, as go.sum would have it: `h1:…`. The module's own go.sum holds those that it needs.
 * @param tool.package What is built, in the module.
 * @param tool.added Files, by their path in the module.
 * @param tool.variables What the linker sets.
 * @param tool.program The file to make.
 */
export async function buildFromCopy({ name, module, version, sum, added, variables, program, ...tool }) {
  const wanted = JSON.stringify({ module, version, sum, added, variables, package: tool.package });
  const stamp = `${program}.stamp`;
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    say(`${name} ${version} is there`);
    return;
  }
  say(`building ${name} ${version}, which takes some minutes the first time`);
  const startedAt = performance.now();
  const copy = mkdtempSync(join(tmpdir(), `tocsin-${name}-`));
  try {
    const { Dir: source, Sum: found } = JSON.parse(
      await go(["mod", "download", "-json", `${module}@${version}`], copy),
    );
    if (found !== sum) fail(`${module} ${version} has the sum ${found}, expected ${sum}`);
    cpSync(source, copy, { recursive: true });
    // Go keeps modules without the right to write.
    spawnSync("chmod", ["-R", "u+w", copy]);
    for (const [path, text] of Object.entries(added)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    mkdirSync(dirname(program), { recursive: true });
    const linked = ["-s -w", ...Object.entries(variables).map(([key, value]) => `-X ${key}=${value}`)].join(
      " ",
    );
    await go(["build", "-v", "-trimpath", "-ldflags", linked, "-o", program, tool.package], copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  writeFileSync(stamp, wanted);
  say(`built ${name} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}

/** Copies files of a module, which Go fetches and holds against go.sum, into a folder. */
export async function copyFromGoModule({ folder, module, files, target }) {
  const { version, hash } = readGoMod(folder, module);
  const stamp = join(target, "stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) {
    say(`files of ${module} ${version} are there`);
    return;
  }
  const answer = await go(["mod", "download", "-json", module], folder);
  const { Dir: source } = JSON.parse(answer);
  mkdirSync(target, { recursive: true });
  for (const file of files) copyFileSync(join(source, file), join(target, file.split("/").at(-1)));
  writeFileSync(stamp, hash);
  say(`copied ${files.length} files of ${module} ${version}`);
}

/** Takes a program out of a Debian package, without installing it. One on the PATH is as good. */
export function takeFromDebian({ name, packageName, path, program }) {
  if (existsSync(program) || spawnSync(name, ["--version"]).status === 0) {
    say(`${name} is there`);
    return;
  }
  unpackFromDebian(packageName, `install one, so that \`${name}\` is on the PATH`, (directory) => {
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync(join(directory, path), program);
  });
  say(`${name} is there now`);
}

/** Takes files out of a Debian package into one folder, without installing it. */
export function takeFilesFromDebian({ packageName, paths, folder }) {
  const wanted = paths.map((path) => ({ path, file: join(folder, basename(path)) }));
  if (wanted.every(({ file }) => existsSync(file))) {
    say(`${packageName} is there`);
    return;
  }
  unpackFromDebian(packageName, "it comes from Debian's packages alone", (directory) => {
    mkdirSync(folder, { recursive: true });
    for (const { path, file } of wanted) copyFileSync(join(directory, path), file);
  });
  say(`${packageName} is there now`);
}

function unpackFromDebian(packageName, otherwise, use) {
  say(`fetching Debian's package ${packageName}`);
  const directory = mkdtempSync(join(tmpdir(), `tocsin-${packageName}-`));
  try {
    if (!run("apt-get", ["download", packageName], directory)) {
      run("apt-get", ["update", "--quiet"], directory);
      if (!run("apt-get", ["download", packageName], directory)) fail(`no ${packageName}: ${otherwise}`);
    }
    const archive = readdirSync(directory).find((file) => file.endsWith(".deb"));
    if (archive === undefined || !run("dpkg-deb", ["--extract", archive, "."], directory))
      fail(`${packageName} does not unpack`);
    use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function say(text) {
  process.stdout.write(`tools: ${text}\n`);
}

export function fail(text) {
  process.stderr.write(`tools: ${text}\n`);
  process.exit(1);
}

function readGoMod(folder, module, sources = []) {
  const text = readFileSync(join(folder, "go.mod"), "utf8");
  const hash = createHash("sha256").update(text);
  for (const file of sources) hash.update(readFileSync(join(folder, file)));
  const words = text.split("\n").map((line) =>
    line
      .replace(/^require /u, "")
      .trim()
      .split(" "),
  );
  const versionOf = (wanted) => {
    const version = words.find(([name, version = ""]) => name === wanted && version.startsWith("v"))?.[1];
    if (version === undefined) fail(`${folder}go.mod names no version of ${wanted}`);
    return version;
  };
  return { version: versionOf(module), versionOf, hash: hash.digest("hex") };
}

/** Runs go with a line of progress every 15 s; its own output is shown when it fails. Answers standard output. */
async function go(args, folder, variables = {}) {
  const child = spawn("go", args, {
    cwd: folder,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let answer = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  child.stdout.on("data", (chunk) => (answer += chunk));
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const lines = output.trimEnd().split("\n");
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${seconds} s, ${lines.length} steps, now ${lines.at(-1)}`);
  }, PROGRESS_EVERY_MS);
  const code = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += `${error.message}: is Go installed?\n`;
      resolve(1);
    });
    child.on("close", resolve);
  });
  clearInterval(timer);
  if (code !== 0) fail(`go ${args[0]} failed\n${(answer + output).slice(-4000)}`);
  return answer;
}

function run(command, args, directory) {
  return spawnSync(command, args, { cwd: directory, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}
