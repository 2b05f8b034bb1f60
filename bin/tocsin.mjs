#!/usr/bin/env node
// Plain JavaScript that old Node versions can still parse, so that they get a sentence instead of a stack trace.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

// npx passes no signal on: its shell ends, and the program would go on without anybody who knows of it.
if (process.env["npm_command"] === "exec") endWith(process.ppid);

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 24 || (major === 24 && minor >= 16)) {
  // A checkout that was not built yet runs its sources; the package has only what was built.
  const built = new URL("../dist/main.js", import.meta.url);
  const { main } = await import(existsSync(built) ? built : new URL("../src/main.ts", import.meta.url));
  await main(process.argv.slice(2));
} else {
  // A development checkout brings its own Node 24 as the npm package "node".
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(`tocsin needs Node 24.16 or newer, this is ${process.versions.node}\n`);
    process.exitCode = 2;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
    });
    // Whoever signals this process means the program; a terminal signals both by itself.
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    process.on("SIGINT", () => undefined);
    child.on("exit", (status) => {
      process.exitCode = status ?? 1;
    });
  }
}

/** Ends this process in order once its parent is gone. Another process has adopted it then. */
function endWith(parent) {
  const look = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  };
  const timer = setInterval(look, 200);
  timer.unref();
}

function bundledNode() {
  try {
    return createRequire(import.meta.url).resolve("node/bin/node");
  } catch {
    return undefined;
  }
}
