import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { Agent, fetch } from "undici";

import { type RunningProgram, startProgram } from "./running-program.ts";
import { until } from "./until.ts";

/** How the control plane differs from kube-apiserver's defaults; durations as Go writes them (`30s`). */
export interface ControlPlaneOptions {
  /** Users beside the administrator, with their groups; the plane has a kubeconfig for each. */
  readonly users?: readonly { readonly name: string; readonly groups: readonly string[] }[];
  /** The way to kubelets; without it nothing of a node can be asked, such as the log of a container. */
  readonly kubelets?: {
    /** The socket of a proxy that takes HTTP CONNECT. */
    readonly proxySocket: string;
    /** The certificate and its key by which the API server shows itself to them. */
    readonly certificateFile: string;
    readonly keyFile: string;
  };
  /** How long pods stay on a node that is not ready, or cannot be reached. */
  readonly tolerationSeconds?: number;
  readonly eventTtl?: string;
  /** `0` switches compaction off. */
  readonly compactionInterval?: string;
  /** Limits of the admission plugin EventRateLimit, which is off without them. */
  readonly eventRateLimits?: readonly {
    readonly type: "Server" | "Namespace" | "User" | "SourceAndObject";
    readonly qps: number;
    readonly burst: number;
  }[];
}

/** A running kube-apiserver with its etcd, both on loopback, both ours alone. */
export interface ControlPlane extends AsyncDisposable {
  /** `https://127.0.0.1:port`. */
  readonly url: string;
  /** Bearer token of a member of `system:masters`. */
  readonly token: string;
  readonly caFile: string;
  /** PEM. */
  readonly ca: string;
  /** YAML for the same user; its certificate authority is inline. */
  readonly kubeconfig: string;
  /** The same for one of `users`. */
  kubeconfigOf(user: string): string;
  /** The private key, PEM, by which it knows tokens of service accounts. */
  readonly serviceAccountKeyFile: string;
  /** etcd's client address, which speaks JSON under `/v3/`. */
  readonly etcdUrl: string;
  /** Where etcd keeps everything; may be copied and put back while it does not run. */
  readonly etcdData: string;
  /** Process ids, for tests that stop or kill one. */
  readonly pids: { readonly apiServer: number; readonly etcd: number };
  readonly programs: { readonly apiServer: RunningProgram; readonly etcd: RunningProgram };
  /**
   * Asks the API server, as the member of `system:masters` unless `Authorization` says otherwise; paths start with `/`.
   */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The last log lines of both processes. */
  log(): string;
  stop(): Promise<void>;
}

const BUILT = fileURLToPath(new URL("../../.cache/control-plane", import.meta.url));

/** Where a program that `build.mjs` makes lies; `KUBEBUILDER_ASSETS` may have one of its own. */
export function findBuilt(name: "kubectl" | "recorders"): string {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  const found = firstProgram(name, assets === undefined ? [BUILT] : [assets, BUILT]);
  if (found === undefined) throw new Error(`no ${name}: run \`node test/cluster/build.mjs\``);
  return found;
}

/** The programs, or why there are none. `KUBEBUILDER_ASSETS` wins, as with envtest. */
export function findControlPlane():
  | { readonly apiServer: string; readonly etcd: string }
  | { readonly missing: string } {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const apiServer = firstProgram("kube-apiserver", assets === undefined ? [BUILT] : [assets]);
  const etcd = firstProgram("etcd", assets === undefined ? [BUILT, ...path] : [assets, ...path]);
  if (apiServer !== undefined && etcd !== undefined) return { apiServer, etcd };
  const missing = apiServer === undefined ? "kube-apiserver" : "etcd";
  return {
    missing: `no ${missing} in ${assets ?? BUILT}: run \`node test/cluster/build.mjs\` or set KUBEBUILDER_ASSETS`,
  };
}

/**
 * Whether tests on the real control plane are to be skipped; says so once.
 *
 * @throws {Error} when it is missing and `REQUIRE_CLUSTER=1`.
 */
export function isControlPlaneMissing(): boolean {
  const found = findControlPlane();
  if (!("missing" in found)) return false;
  if (process.env["REQUIRE_CLUSTER"] === "1") throw new Error(found.missing);
  console.warn(`skipped: ${found.missing}`);
  return true;
}

/** Starts etcd and kube-apiserver and waits until `/readyz` says ok. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = findControlPlane();
  if ("missing" in programs) throw new Error(programs.missing);
  const directory = mkdtempSync(join(tmpdir(), "tocsin-control-plane-"));
  const token = randomBytes(16).toString("hex");
  const users = [{ name: "admin", groups: ["system:masters"] }, ...(options.users ?? [])];
  const tokens = new Map(
    users.map(({ name }) => [name, name === "admin" ? token : randomBytes(16).toString("hex")]),
  );
  const serviceAccountKeyFile = join(directory, "service-account.pem");
  const [apiPort, clientPort, peerPort] = await freePorts();
  const etcdUrl = `http://127.0.0.1:${clientPort}`;
  const url = `https://127.0.0.1:${apiPort}`;

  const etcd = startProgram(programs.etcd, etcdArguments(directory, etcdUrl, `http://127.0.0.1:${peerPort}`));
  const apiServer = startProgram(
    programs.apiServer,
    apiServerArguments({
      directory,
      tokenLines: users.map(
        ({ name, groups }) => `${tokens.get(name)},${name},${name},"${groups.join(",")}"`,
      ),
      serviceAccountKeyFile,
      port: apiPort,
      etcdUrl,
      options,
    }),
  );
  const log = (): string => `etcd:\n${etcd.log()}\nkube-apiserver:\n${apiServer.log()}`;
  let dispatcher: Agent | undefined;
  const stop = async (): Promise<void> => {
    await dispatcher?.destroy();
    await apiServer.stop();
    await etcd.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const caFile = join(directory, "certificates", "apiserver.crt");
    // It is there a moment before it is written.
    await until(
      () => isReadable(caFile) && readFileSync(caFile, "utf8").endsWith("-----END CERTIFICATE-----\n"),
      log,
    );
    const ca = readFileSync(caFile, "utf8");
    dispatcher = new Agent({ connect: { ca }, allowH2: false, bodyTimeout: 0 });
    const request = (path: string, init: RequestInit = {}): Promise<Response> => {
      const headers = new Headers(init.headers);
      if (!headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
      // undici's own fetch takes the dispatcher; its types are those of the global one in all but name.
      const given = { ...init, headers: Object.fromEntries(headers), dispatcher } as Parameters<
        typeof fetch
      >[1];
      return fetch(url + path, given);
    };
    const answers = async (path: string): Promise<boolean> => {
      const answer = await request(path).catch(() => undefined);
      return answer?.ok === true;
    };
    await until(async () => {
      if (apiServer.hasEnded() || etcd.hasEnded())
        throw new Error(`a process of the control plane ended\n${log()}`);
      return (await answers("/readyz")) && (await answers("/api/v1/namespaces/default"));
    }, log);
    return {
      url,
      token,
      caFile,
      ca,
      kubeconfig: kubeconfigOf(url, token, ca),
      kubeconfigOf: (user) => kubeconfigOf(url, tokens.get(user) ?? "", ca),
      serviceAccountKeyFile,
      etcdUrl,
      etcdData: join(directory, "etcd"),
      get pids() {
        return { apiServer: apiServer.pid, etcd: etcd.pid };
      },
      programs: { apiServer, etcd },
      request,
      log,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function etcdArguments(directory: string, clientUrl: string, peerUrl: string): string[] {
  return [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    "--logger=zap",
    "--log-level=warn",
  ];
}

function apiServerArguments(setup: {
  readonly directory: string;
  readonly tokenLines: readonly string[];
  readonly serviceAccountKeyFile: string;
  readonly port: number;
  readonly etcdUrl: string;
  readonly options: ControlPlaneOptions;
}): string[] {
  const { directory, options, serviceAccountKeyFile: keyFile } = setup;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(keyFile, privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  const tokenFile = join(directory, "tokens.csv");
  writeFileSync(tokenFile, `${setup.tokenLines.join("\n")}\n`, { mode: 0o600 });
  return [
    `--etcd-servers=${setup.etcdUrl}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${setup.port}`,
    `--cert-dir=${join(directory, "certificates")}`,
    `--token-auth-file=${tokenFile}`,
    "--anonymous-auth=false",
    "--authorization-mode=Node,RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    // Loopback is no address for the endpoints of the kubernetes Service.
    "--endpoint-reconciler-type=none",
    "--profiling=false",
    ...(options.eventTtl === undefined ? [] : [`--event-ttl=${options.eventTtl}`]),
    ...(options.tolerationSeconds === undefined
      ? []
      : ["not-ready", "unreachable"].map(
          (taint) => `--default-${taint}-toleration-seconds=${options.tolerationSeconds}`,
        )),
    ...(options.compactionInterval === undefined
      ? []
      : [`--etcd-compaction-interval=${options.compactionInterval}`]),
    ...eventRateLimitArguments(directory, options.eventRateLimits),
    ...kubeletArguments(directory, options.kubelets),
  ];
}

function kubeletArguments(directory: string, kubelets: ControlPlaneOptions["kubelets"]): readonly string[] {
  if (kubelets === undefined) return [];
  const { proxySocket, certificateFile, keyFile } = kubelets;
  const transport = { uds: { udsName: proxySocket } };
  const file = join(directory, "egress.json");
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: "apiserver.k8s.io/v1beta1",
      kind: "EgressSelectorConfiguration",
      egressSelections: [{ name: "cluster", connection: { proxyProtocol: "HTTPConnect", transport } }],
    }),
  );
  return [
    `--egress-selector-config-file=${file}`,
    `--kubelet-client-certificate=${certificateFile}`,
    `--kubelet-client-key=${keyFile}`,
  ];
}

function eventRateLimitArguments(
  directory: string,
  limits: ControlPlaneOptions["eventRateLimits"],
): readonly string[] {
  if (limits === undefined) return [];
  const configuration = {
    apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
    kind: "Configuration",
    limits,
  };
  const file = join(directory, "admission.json");
  const admission = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [{ name: "EventRateLimit", configuration }],
  };
  writeFileSync(file, JSON.stringify(admission));
  return ["--enable-admission-plugins=EventRateLimit", `--admission-control-config-file=${file}`];
}

function kubeconfigOf(url: string, token: string, ca: string): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: test
    cluster:
      server: ${url}
      certificate-authority-data: ${Buffer.from(ca).toString("base64")}
users:
  - name: admin
    user:
      token: ${token}
contexts:
  - name: test
    context:
      cluster: test
      user: admin
current-context: test
`;
}

/** Three ports that were free a moment ago. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
  for (const server of servers) server.close();
  const [first = 0, second = 0, third = 0] = ports;
  return [first, second, third];
}

function firstProgram(name: string, directories: readonly string[]): string | undefined {
  return directories
    .map((directory) => join(directory, name))
    .find((file) => isReadable(file, constants.X_OK));
}

function isReadable(file: string, mode: number = constants.R_OK): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}
