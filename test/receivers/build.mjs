#!/usr/bin/env node
// Makes .cache/receivers: servers that sinks send to, so that what they accept is no guess. Does nothing for what is there
// already. Alertmanager 0.25 and rsyslog come from Debian's packages, Alertmanager 0.35 with its clients, the Kafka broker and the
// OpenTelemetry Collector from Go, which takes some minutes the first time, and moto, which plays AWS, from Python's package index.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  buildFromCopy,
  buildGoTool,
  copyFromGoModule,
  fail,
  say,
  takeFilesFromDebian,
} from "../support/go-tool.mjs";

const target = fileURLToPath(new URL("../../.cache/receivers", import.meta.url));

await alertmanager();
await kafka();
await collector();
rsyslog();
moto();

async function alertmanager() {
  takeFilesFromDebian({
    packageName: "prometheus-alertmanager",
    paths: ["usr/bin/prometheus-alertmanager", "usr/bin/amtool"],
    folder: join(target, "alertmanager-0.25"),
  });
  takeTemplates();
  const version = "v0.35.0";
  const built = {
    module: "github.com/prometheus/alertmanager",
    version,
    sum: "h1:nbXMjr+P2JaoFd7aHNDxKifEwTPN+TWxM0gNPonuH5w=",
    variables: { "github.com/prometheus/common/version.Version": version.slice(1) },
  };
  await buildFromCopy({
    ...built,
    name: "alertmanager",
    package: "./cmd/alertmanager",
    // The pages of its web interface are built by npm and are in no module since 0.32; the program starts without them.
    added: { "ui/app/dist/elm/index.html": "", "ui/app/dist/mantine/index.html": "" },
    program: join(target, "alertmanager-0.35/alertmanager"),
  });
  await buildFromCopy({
    ...built,
    name: "amtool",
    package: "./cmd/amtool",
    added: {},
    program: join(target, "alertmanager-0.35/amtool"),
  });
  await alertmanagerClient(built.module);
}

/** Alertmanager's own client in Go: `alertmanager-client/main.go`; and the description of what it is answered. */
async function alertmanagerClient(module) {
  const folder = fileURLToPath(new URL("alertmanager-client/", import.meta.url));
  await buildGoTool({
    folder,
    name: "client of Alertmanager",
    module,
    package: ".",
    program: join(target, "alertmanager-0.35/client"),
    sources: ["main.go", "go.sum"],
    variables: () => ({}),
  });
  await copyFromGoModule({
    folder,
    module,
    files: ["api/v2/openapi.yaml"],
    target: join(target, "alertmanager-0.35/api"),
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

/** rsyslog, its modules and its libraries, all in one folder. */
function rsyslog() {
  const folder = join(target, "rsyslog");
  const modules = ["imtcp", "imudp", "lmnet", "lmnetstrms", "lmnsd_ptcp", "lmregexp", "lmtcpsrv"];
  const library = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  takeFilesFromDebian({
    packageName: "rsyslog",
    paths: ["usr/sbin/rsyslogd", ...modules.map((name) => `${library}/rsyslog/${name}.so`)],
    folder,
  });
  takeFilesFromDebian({ packageName: "libestr0", paths: [`${library}/libestr.so.0`], folder });
  takeFilesFromDebian({ packageName: "libfastjson4", paths: [`${library}/libfastjson.so.4`], folder });
}

/** An OpenTelemetry Collector that writes what it receives to a file: `collector/main.go`. */
async function collector() {
  await buildGoTool({
    folder: fileURLToPath(new URL("collector/", import.meta.url)),
    name: "OpenTelemetry Collector",
    module: "go.opentelemetry.io/collector/otelcol",
    package: ".",
    program: join(target, "collector/collector"),
    sources: ["main.go", "go.sum"],
    variables: () => ({}),
  });
}

/** A broker in memory, around the fake cluster of franz-go: `kafka/main.go`. */
async function kafka() {
  await buildGoTool({
    folder: fileURLToPath(new URL("kafka/", import.meta.url)),
    name: "Kafka broker",
    module: "github.com/twmb/franz-go/pkg/kfake",
    package: ".",
    program: join(target, "kafka/kafka"),
    sources: ["main.go", "go.sum"],
    variables: () => ({}),
  });
}

/** Puts moto into a Python environment of its own. */
function moto() {
  const folder = join(target, "moto");
  const list = fileURLToPath(new URL("moto-requirements.txt", import.meta.url));
  const wanted = readFileSync(list, "utf8");
  const stamp = join(folder, "stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    say("moto is there");
    return;
  }
  say("fetching moto");
  rmSync(folder, { recursive: true, force: true });
  const run = (command, args, otherwise) => {
    if (spawnSync(command, args, { stdio: "inherit" }).status !== 0) fail(otherwise);
  };
  run("python3", ["-m", "venv", folder], "no python3 with venv");
  const pip = join(folder, "bin/pip");
  run(pip, ["install", "--quiet", "--no-deps", "-r", list], "pip cannot get moto");
  writeFileSync(stamp, wanted);
  say("moto is there now");
}
