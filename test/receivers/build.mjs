#!/usr/bin/env node
// Makes .cache/receivers: servers that sinks send to, so that what they accept is no guess. Does nothing for what is there
// already. Alertmanager 0.25 comes from Debian's package and 0.35 from Go, which takes some minutes the first time.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildFromCopy, fail, say, takeFilesFromDebian } from "../support/go-tool.mjs";

const target = fileURLToPath(new URL("../../.cache/receivers", import.meta.url));

await alertmanager();

async function alertmanager() {
  takeFilesFromDebian({
    packageName: "prometheus-alertmanager",
    paths: ["usr/bin/prometheus-alertmanager", "usr/bin/amtool"],
    folder: join(target, "alertmanager-0.25"),
  });
  takeTemplates();
  const version = "v0.35.0";
  await buildFromCopy({
    name: "alertmanager",
    module: "github.com/prometheus/alertmanager",
    version,
    sum: "h1:nbXMjr+P2JaoFd7aHNDxKifEwTPN+TWxM0gNPonuH5w=",
    package: "./cmd/alertmanager",
    // The pages of its web interface are built by npm and are in no module since 0.32; the program starts without them.
    added: { "ui/app/dist/elm/index.html": "", "ui/app/dist/mantine/index.html": "" },
    variables: { "github.com/prometheus/common/version.Version": version.slice(1) },
    program: join(target, "alertmanager-0.35/alertmanager"),
  });
}

/** Debian's Alertmanager reads its templates from this folder alone, and does not start without them. */
function takeTemplates() {
  const folder = "/usr/share/prometheus/alertmanager";
  const paths = ["default.tmpl", "email.tmpl"].map((name) => `${folder.slice(1)}/${name}`);
  try {
    mkdirSync(folder, { recursive: true });
    takeFilesFromDebian({ packageName: "prometheus-alertmanager", paths, folder });
  } catch (error) {
    say(error.message);
    fail(`${folder} cannot be written: install prometheus-alertmanager, or run this as root once`);
  }
}
