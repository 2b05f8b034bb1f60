import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { z } from "zod";

import { errorText, TocsinError } from "../lib/errors.ts";
import { formatFinding } from "../lib/finding.ts";
import { check } from "../lib/schema.ts";
import { dotted, parseYaml } from "../lib/yaml-file.ts";

const ClusterEntry = z.looseObject({
  server: z.string().default(""),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().default(false),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.string().default(""),
});
/** A cluster as kubectl writes it, https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export type ClusterEntry = z.infer<typeof ClusterEntry>;

const UserEntry = z.looseObject({
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  as: z.string().optional(),
  "as-groups": z.array(z.string()).optional(),
  exec: z.looseObject({ command: z.string() }).nullish(),
  "auth-provider": z.looseObject({ name: z.string() }).nullish(),
});
/** A user as kubectl writes it. */
export type UserEntry = z.infer<typeof UserEntry>;

const ContextEntry = z.looseObject({ cluster: z.string(), user: z.string().default("") });

const KubeconfigFile = z.looseObject({
  clusters: z
    .array(z.looseObject({ name: z.string(), cluster: ClusterEntry }))
    .nullish()
    .transform((list) => list ?? []),
  users: z
    .array(
      z.looseObject({
        name: z.string(),
        user: UserEntry.nullish().transform((user): UserEntry => user ?? {}),
      }),
    )
    .nullish()
    .transform((list) => list ?? []),
  contexts: z
    .array(z.looseObject({ name: z.string(), context: ContextEntry }))
    .nullish()
    .transform((list) => list ?? []),
  "current-context": z.string().nullish(),
});
type KubeconfigFile = z.infer<typeof KubeconfigFile>;

/** One context of a kubeconfig with its cluster and user; relative paths are already those of its file. */
export interface KubeContext {
  readonly name: string;
  /** The file of the user, else of the context: for messages. */
  readonly file: string;
  readonly cluster: ClusterEntry;
  readonly userName: string;
  readonly user: UserEntry;
}

/**
 * Reads kubeconfig files and picks a context. Of several files, the first to define a name wins, as with kubectl;
 * missing files are skipped as long as one exists.
 *
 * @param wanted A context's name; "" for the current one.
 * @throws {TocsinError} ERR_CREDENTIALS saying which file, what is missing and what to do.
 */
export function loadKubeContext(files: readonly string[], wanted: string): KubeContext {
  const parsed = files
    .filter((file) => existsSync(file))
    .map((file) => ({ file, config: parseKubeconfig(file) }));
  const shown = files.join(", ");
  if (parsed.length === 0) {
    throw refused(`kubeconfig ${shown}: no such file; set kubernetes.kubeconfig or $KUBECONFIG`);
  }
  const name = wanted || currentOf(parsed);
  if (name === "") throw refused(`kubeconfig ${shown}: no current-context; set kubernetes.context`);
  const context = find(parsed, (config) => config.contexts, name);
  if (context === undefined) {
    const known = parsed.flatMap(({ config }) => config.contexts.map((entry) => entry.name));
    throw refused(
      `kubeconfig ${shown}: no context "${name}"; it has ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
  return resolveContext(parsed, context);
}

interface ParsedFile {
  readonly file: string;
  readonly config: KubeconfigFile;
}

interface Found<Entry> {
  readonly entry: Entry;
  readonly file: string;
}

function resolveContext(
  parsed: readonly ParsedFile[],
  context: Found<KubeconfigFile["contexts"][number]>,
): KubeContext {
  const { name } = context.entry;
  const { cluster: clusterName, user: userName } = context.entry.context;
  const place = `kubeconfig ${context.file}: context "${name}"`;
  const cluster = find(parsed, (config) => config.clusters, clusterName);
  if (cluster === undefined || cluster.entry.cluster.server === "") {
    throw refused(`${place}: cluster "${clusterName}" is missing or has no server`);
  }
  const user = find(parsed, (config) => config.users, userName);
  if (user === undefined && userName !== "") throw refused(`${place}: user "${userName}" is missing`);
  const file = user?.file ?? context.file;
  return {
    name,
    file,
    cluster: absolute(cluster.entry.cluster, cluster.file, ["certificate-authority"]),
    userName,
    user: absoluteUser(user?.entry.user ?? {}, file),
  };
}

function currentOf(parsed: readonly ParsedFile[]): string {
  return parsed.map(({ config }) => config["current-context"] ?? "").find((name) => name !== "") ?? "";
}

function parseKubeconfig(file: string): KubeconfigFile {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw refused(`kubeconfig ${file}: cannot be read: ${errorText(cause)}`, cause);
  }
  const yaml = parseYaml(file, text);
  const [fault] = yaml.findings;
  if (fault !== undefined) throw refused(`kubeconfig ${formatFinding(fault)}`);
  const { value, faults } = check(KubeconfigFile, yaml.value);
  if (value === undefined) {
    const [first] = faults;
    throw refused(
      `kubeconfig ${file}: ${dotted(first?.path ?? [])}: ${first?.message ?? "not a kubeconfig"}`,
    );
  }
  return value;
}

function find<Entry extends { readonly name: string }>(
  parsed: readonly ParsedFile[],
  list: (config: KubeconfigFile) => readonly Entry[],
  name: string,
): Found<Entry> | undefined {
  for (const { file, config } of parsed) {
    const entry = list(config).find((candidate) => candidate.name === name);
    if (entry !== undefined) return { entry, file };
  }
  return undefined;
}

function absoluteUser(user: UserEntry, file: string): UserEntry {
  const moved = absolute(user, file, ["client-certificate", "client-key", "tokenFile"]);
  const { exec } = moved;
  // A command with a slash is a path relative to the kubeconfig; one without is searched in $PATH.
  if (!exec?.command.includes("/")) return moved;
  return { ...moved, exec: { ...exec, command: resolve(dirname(file), exec.command) } };
}

function absolute<Entry extends Readonly<Record<string, unknown>>>(
  entry: Entry,
  file: string,
  keys: readonly string[],
): Entry {
  const moved = keys.flatMap((key) => {
    const path = entry[key];
    return typeof path === "string" && path !== "" ? [[key, resolve(dirname(file), path)] as const] : [];
  });
  return { ...entry, ...Object.fromEntries(moved) };
}

function refused(message: string, cause?: unknown): TocsinError {
  return new TocsinError("ERR_CREDENTIALS", message, cause === undefined ? {} : { cause });
}
