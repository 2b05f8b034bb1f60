import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { createReporter } from "tocsin/reporter";

import { makeKeyPair, readKeyPair } from "./certificate.ts";
import { loadCluster, register } from "./cluster.ts";
import { InjectionReports } from "./reporting.ts";
import { createWebhookServer } from "./server.ts";
import { createWebhook } from "./webhook.ts";
import { workloadsOf } from "./workloads.ts";

/** How often the certificate is read anew: whoever renews it restarts nothing. */
const CERTIFICATE_EVERY_MS = 60_000;

/** How often failing workloads are looked at. */
const LOOK_EVERY_MS = 60_000;

const { values } = parseArgs({
  options: {
    /** Without it: the cluster this runs in. */
    kubeconfig: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "0" },
    /** Without them: a certificate for `host` that signs itself. */
    cert: { type: "string" },
    key: { type: "string" },
    /** With it, only who shows a certificate of this authority with this name may ask: the API server. */
    "client-ca": { type: "string" },
    "client-name": { type: "string", default: "kube-apiserver" },
    profiles: { type: "string", default: fileURLToPath(new URL("profiles.json", import.meta.url)) },
    /** Makes the API server ask this process, until it ends. */
    register: { type: "boolean", default: false },
  },
});

const { kubeconfig, host, profiles, cert, key } = values;
const cluster = loadCluster(kubeconfig);
const reporter = createReporter({
  component: "injector.shop.example/injector",
  ...(kubeconfig === undefined ? {} : { kubeconfig }),
  onError: (error) => console.error(`event not written: ${error.failure}: ${error.message}`),
});
const reports = new InjectionReports(reporter, workloadsOf(cluster));

const readPair = () => (cert !== undefined && key !== undefined ? readKeyPair(cert, key) : undefined);
const pair = readPair() ?? makeKeyPair(host);
const clientCa = values["client-ca"] === undefined ? undefined : readFileSync(values["client-ca"], "utf8");
const caller = clientCa === undefined ? undefined : values["client-name"];
const server = createWebhookServer(pair, createWebhook({ profiles, reports, caller }), clientCa);
setInterval(() => void reports.lookAgain(), LOOK_EVERY_MS).unref();
setInterval(renewCertificate, CERTIFICATE_EVERY_MS).unref();

server.listen(Number(values.port), host, () => void start());

async function start(): Promise<void> {
  // It listens on TCP, so its address has a port.
  const url = `https://${host}:${(server.address() as AddressInfo).port}/mutate`;
  const unregister = values.register ? await register(cluster, url, pair.cert) : undefined;
  console.log(
    `${await reporter.serverVersion()}: ${unregister === undefined ? "listening" : "asked"} at ${url}`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stop(unregister));
  }
}

/** A pair of which one half is not written yet is taken the next time. */
function renewCertificate(): void {
  try {
    const renewed = readPair();
    if (renewed !== undefined) server.setSecureContext(renewed);
  } catch (error) {
    console.error(`certificate not renewed: ${String(error)}`);
  }
}

/** The last reports are written before the process ends. */
async function stop(unregister: (() => Promise<void>) | undefined): Promise<void> {
  await unregister?.().catch((error: unknown) => console.error(error));
  server.close();
  server.closeAllConnections();
  const { undelivered } = await reporter.close();
  for (const error of undelivered) console.error(`event not written: ${error.message}`);
  process.exitCode = undelivered.length === 0 ? 0 : 1;
}
