import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { z } from "zod";

import { errorText, TocsinError } from "../lib/errors.ts";
import { formatFinding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import { check } from "../lib/schema.ts";
import { dotted, parseYaml } from "../lib/yaml-file.ts";

const ClusterEntry = z.looseObject({
  server: z.string().default(""),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().default(false),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.string().default(""),
  extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).nullish(),
});
/** A cluster as kubectl writes it, https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export type ClusterEntry = z.infer<typeof ClusterEntry>;

const ExecEntry = z.looseObject({
  apiVersion: z.string().default(""),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().default("") })).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().default(false),
});
/** The command of a user, https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
export type ExecEntry = z.infer<typeof ExecEntry>;

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
  exec: ExecEntry.nullish(),
  "auth-provider": z.looseObject({ name: z.string() }).nullish(),
});
/** A user as kubectl writes it. */
export type UserEntry = z.infer<typeof UserEntry>;

const ContextEntry = z.looseObject({ cluster: z.string().default(""), user: z.string().default("") });

/** Entries are checked once a context names them: kubectl does not judge the others either. */
const Entries = z
  .array(z.unknown())
  .nullish()
  .transform((list) => list ?? []);

const KubeconfigFile = z
  .looseObject({
    clusters: Entries,
    users: Entries,
    contexts: Entries,
    "current-context": z.string().nullish(),
  })
  // An empty file is an empty configuration.
  .nullish()
  .transform((file) => file ?? { clusters: [], users: [], contexts: [], "current-context": undefined });
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
  const context = find(parsed, "contexts", name);
  if (context === undefined) {
    const known = parsed.flatMap(({ config }) => config.contexts.flatMap((entry) => nameOf(entry) ?? []));
    throw refused(
      `kubeconfig ${shown}: no context "${name}"; it has ${known.length === 0 ? "none" : known.join(", ")}`,
    );
  }
  return resolveContext(parsed, name, context);
}

interface ParsedFile {
  readonly file: string;
  readonly config: KubeconfigFile;
}

/** An entry of a file, still unchecked. */
interface Found {
  readonly file: string;
  readonly list: "clusters" | "users" | "contexts";
  readonly index: number;
  readonly entry: unknown;
}

function resolveContext(parsed: readonly ParsedFile[], name: string, context: Found): KubeContext {
  const { cluster: clusterName, user: userName } = checked(ContextEntry, context, "context");
  const place = `kubeconfig ${context.file}: context "${name}"`;
  const foundCluster = find(parsed, "clusters", clusterName);
  const cluster = foundCluster && checked(ClusterEntry, foundCluster, "cluster");
  if (foundCluster === undefined || cluster === undefined || cluster.server === "") {
    throw refused(`${place}: cluster "${clusterName}" is missing or has no server`);
  }
  const user = find(parsed, "users", userName);
  if (user === undefined && userName !== "") throw refused(`${place}: user "${userName}" is missing`);
  const file = user?.file ?? context.file;
  return {
    name,
    file,
    cluster: absolute(cluster, foundCluster.file, ["certificate-authority"]),
    userName,
    user: absoluteUser(user === undefined ? {} : checked(UserEntry, user, "user"), file),
  };
}

/** The content of an entry under its key; nothing there is an empty one. */
function checked<Schema extends z.ZodType>(
  schema: Schema,
  { file, list, index, entry }: Found,
  key: string,
): z.infer<Schema> {
  const content: unknown = (isMapping(entry) ? entry[key] : undefined) ?? {};
  return valid(schema, content, { file, path: [list, index, key] });
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
  return valid(KubeconfigFile, yaml.value, { file, path: [] });
}

function valid<Schema extends z.ZodType>(
  schema: Schema,
  content: unknown,
  { file, path }: { readonly file: string; readonly path: readonly (string | number)[] },
): z.infer<Schema> {
  const { value, faults } = check(schema, content, path);
  const [first] = faults;
  // Without a fault it is of the schema.
  if (first === undefined) return value as z.infer<Schema>;
  const where = first.path.length === 0 ? "" : `${dotted(first.path)}: `;
  throw refused(`kubeconfig ${file}: ${where}${first.message}`);
}

function find(parsed: readonly ParsedFile[], list: Found["list"], name: string): Found | undefined {
  for (const { file, config } of parsed) {
    const index = config[list].findIndex((candidate) => nameOf(candidate) === name);
    if (index >= 0) return { file, list, index, entry: config[list][index] };
  }
  return undefined;
}

function nameOf(entry: unknown): string | undefined {
  return isMapping(entry) && typeof entry["name"] === "string" ? entry["name"] : undefined;
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
