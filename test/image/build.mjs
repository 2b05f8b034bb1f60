#!/usr/bin/env node
// Builds the image for both architectures on local bases, and once more without any cache, to see that it is the same.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { BUILDER, makeBases, runtimeFor } from "./bases.mjs";
import { buildah, cache, fail, provideBuildah, say } from "./buildah.mjs";

const project = fileURLToPath(new URL("../..", import.meta.url));

if (!provideBuildah()) {
  if (process.env["REQUIRE_CLUSTER"] === "1") fail("there is no buildah, and only root may install it");
  say("skipped: there is no buildah");
} else {
  const startedAt = performance.now();
  makeBases();
  for (const [tag, architecture] of [
    ["tocsin:amd64", "amd64"],
    ["tocsin:again", "amd64"],
    ["tocsin:arm64", "arm64"],
  ]) {
    build(tag, architecture);
  }
  writeFileSync(join(cache, "built"), new Date().toISOString());
  say(`built in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}

function build(tag, architecture) {
  const npmrc = join(homedir(), ".npmrc");
  buildah(
    "build",
    "--quiet",
    "--no-cache",
    "--layers=false",
    "--timestamp=0",
    `--platform=linux/${architecture}`,
    `--build-arg=BUILDER=${BUILDER}`,
    `--build-arg=RUNTIME=${runtimeFor(architecture)}`,
    // This buildah does not say it by itself.
    "--build-arg=BUILDPLATFORM=linux/amd64",
    `--build-arg=REVISION=${revision()}`,
    ...(existsSync(npmrc) ? [`--secret=id=npmrc,src=${npmrc}`] : []),
    `--tag=localhost/${tag}`,
    project,
  );
  say(`built ${tag}`);
}

function revision() {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: project, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
