/**
 * `npm run test:openapi`: schemathesis asks a running bridge everything that `openapi.json` allows, and much that it
 * does not, and compares the answers with it. Needs Python with venv and pip, and the package once; says so and ends
 * with 0 where they cannot be had, unless `REQUIRE_SCHEMATHESIS=1`. Arguments go to schemathesis.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { FilledBridge } from "./filled-bridge.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ENVIRONMENT = fileURLToPath(new URL("../../.cache/openapi", import.meta.url));
const PROGRAM = join(ENVIRONMENT, "bin", "schemathesis");

// A program that ends before its last line has failed.
process.exitCode = 1;
const missing = install();
if (missing === "") process.exitCode = await compare();
else {
  console.warn(`skipped: ${missing}`);
  process.exitCode = process.env["REQUIRE_SCHEMATHESIS"] === "1" ? 1 : 0;
}

/** Puts schemathesis into an environment of its own, once. @returns Why it cannot be had; "" when it is there. */
function install(): string {
  if (existsSync(PROGRAM)) return "";
  mkdirSync(ENVIRONMENT, { recursive: true });
  const made = spawnSync("python3", ["-m", "venv", ENVIRONMENT], { encoding: "utf8" });
  if (made.status !== 0) return "no python3 with venv";
  const pip = join(ENVIRONMENT, "bin", "pip");
  const got = spawnSync(pip, ["install", "--quiet", "-r", join(HERE, "requirements.txt")], {
    stdio: "inherit",
  });
  return got.status === 0 ? "" : "pip cannot get schemathesis";
}

/** The exit status of schemathesis. */
async function compare(): Promise<number> {
  await using bridge = await FilledBridge.start();
  const { status, error } = spawnSync(
    PROGRAM,
    [
      "--config-file",
      join(HERE, "schemathesis.toml"),
      "run",
      `${bridge.address}/api/v1/openapi.json`,
      "--header",
      `Authorization: Bearer ${bridge.token}`,
      // On the same machine reading needs no token, as the description says.
      "--exclude-checks",
      "ignored_auth",
      // It answers without end.
      "--exclude-path",
      "/stream",
      // An operation whose only parameter is any text has hardly a wrong request.
      "--suppress-health-check",
      "filter_too_much",
      "--no-color",
      ...process.argv.slice(2),
    ],
    { stdio: "inherit", cwd: bridge.directory },
  );
  if (error !== undefined) console.error(`schemathesis cannot be started: ${error.message}`);
  return status ?? 1;
}
