import { connect, type ConnectOptions } from "../kube/index.ts";
import { parseDuration } from "../lib/duration.ts";
import { errorText, hasCode, TocsinError } from "../lib/errors.ts";
import { silentLogger } from "../lib/log.ts";
import { createReporterWith, type Report, ReportError, type WrittenEvent } from "../reporter/index.ts";
import { loadOrComplain } from "./configured.ts";
import { credentialPlaces } from "./credential-places.ts";
import type { ExitStatus, Io } from "./io.ts";
import { paint, printJson } from "./print.ts";

/** Options of the command. */
export interface ReportOptions {
  readonly reason: string;
  readonly message: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly apiVersion?: string;
  readonly uid?: string;
  readonly type?: string;
  readonly action?: string;
  readonly component?: string;
  readonly severity?: string;
  readonly dedupeKey?: string;
  readonly timeout?: string;
  readonly api?: "core" | "events";
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly config?: string;
  readonly json?: boolean;
}

const DEFAULT_TIMEOUT = "30s";

/** Not `tocsin`, which is the bridge's own and matches no rule. */
const DEFAULT_COMPONENT = "tocsin-report";

/** Codes of connections that nobody took. */
const UNREACHABLE: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH"]);

/** The option of each field of a report. */
const OPTION_OF: ReadonlyMap<string, string> = new Map([
  ["note", "--message"],
  ["regarding.kind", "--kind"],
  ["regarding.name", "--name"],
  ["regarding.namespace", "--namespace"],
  ["regarding.apiVersion", "--api-version"],
  ["regarding.uid", "--uid"],
  ["dedupeKey", "--dedupe-key"],
]);

/** Writes one Event, or raises its count; 0 only after the API server has accepted it. */
export async function report(options: ReportOptions, io: Io): Promise<ExitStatus> {
  const withinMs = timeoutOf(options);
  checkKind(options.kind);
  const place = await apiServerOf(options, io);
  if (place === undefined) return 2;
  const outcome = await write(options, { ...place, withinMs, io });
  if (!(outcome instanceof ReportError)) return tellWritten(outcome, options, io);
  if (outcome.failure === "invalid") throw new TocsinError("ERR_USAGE", inOptions(outcome));
  return tellFailure(outcome, options, io);
}

/** A configuration counts only where it is named: a job that reports has none. */
async function apiServerOf(options: ReportOptions, io: Io): Promise<ConnectOptions | undefined> {
  const { kubeconfig, context, config } = options;
  if (config === undefined) return { kubeconfig, context };
  const configuration = await loadOrComplain({ config }, io);
  if (configuration === undefined) return undefined;
  const { kubernetes } = configuration.process;
  return { kubeconfig: kubeconfig ?? kubernetes.kubeconfig, context: context ?? kubernetes.context };
}

async function write(
  options: ReportOptions,
  { kubeconfig, context, withinMs, io }: ConnectOptions & { readonly withinMs: number; readonly io: Io },
): Promise<WrittenEvent | ReportError> {
  const deps = { ...credentialPlaces(io), clock: io.clock, log: silentLogger };
  const client = await connect({ kubeconfig, context }, deps);
  let last: Error | undefined;
  const reporter = createReporterWith(
    {
      component: options.component ?? DEFAULT_COMPONENT,
      api: options.api ?? "events",
      onError: () => undefined,
      onRetry: (error) => {
        const left = options.timeout ?? DEFAULT_TIMEOUT;
        if (last === undefined) io.stderr(`tocsin: ${errorText(error)}; trying again for ${left}\n`);
        last = error;
      },
    },
    { clock: io.clock, client, random: Math.random },
  );
  const handle = reporter.report(reportOf(options));
  await reporter.close({ withinMs });
  try {
    return await handle.settled;
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return error.failure === "closed" ? late(options, last) : error;
  }
}

function reportOf(options: ReportOptions): Report {
  const { kind, name, namespace, apiVersion, uid, reason, message, dedupeKey } = options;
  return {
    regarding: { kind, name, namespace, apiVersion, uid },
    reason,
    note: message,
    action: options.action ?? reason,
    // The reporter refuses any other value, and says so.
    type: options.type as Report["type"],
    severity: options.severity as Report["severity"],
    dedupeKey,
  };
}

function late({ timeout = DEFAULT_TIMEOUT }: ReportOptions, last: Error | undefined): ReportError {
  const why = last === undefined ? "no answer" : errorText(last);
  return new ReportError("gave-up", `given up after ${timeout}: ${why}`, { cause: last });
}

function tellWritten(event: WrittenEvent, { json, ...options }: ReportOptions, io: Io): ExitStatus {
  if (json === true) printJson({ ok: true, event }, io);
  else {
    const count = event.count === 1 ? "" : `, occurrence ${event.count}`;
    const done = paint("green", event.count === 1 ? "created" : "repeated", io.colour.stdout);
    io.stdout(`${done}: ${event.namespace}/${event.name} (${options.reason}${count})\n`);
  }
  return 0;
}

function tellFailure(error: ReportError, options: ReportOptions, io: Io): ExitStatus {
  const { failure, status } = error;
  const hint = hintFor(error, options);
  if (options.json === true) printJson({ ok: false, failure, status, message: error.message, hint }, io);
  else {
    io.stderr(`${paint("red", "not written", io.colour.stderr)}: ${errorText(error)}\n`);
    if (hint !== "") io.stderr(`${hint}\n`);
  }
  return 1;
}

/** The remedy in words; "" where the server's own words are enough. */
function hintFor(error: ReportError, options: ReportOptions): string {
  const { namespace = "default", api = "events" } = options;
  const { status, failure, message } = error;
  if (failure === "gave-up") {
    return hasCode(error, UNREACHABLE)
      ? "nothing answers at this address: look at --kubeconfig and --context"
      : "it may have been written all the same: --dedupe-key makes a second try safe";
  }
  if (status === 401)
    return "the API server does not know these credentials: look at --kubeconfig and --context";
  if (status === 403 && message.includes("being terminated")) {
    return `the namespace ${namespace} is being deleted, and takes nothing new`;
  }
  if (status === 403) {
    const group = api === "events" ? '"events.k8s.io"' : '""';
    return `it needs the verbs create and patch on events, apiGroup ${group}, in namespace ${namespace}`;
  }
  if (status === 404) return `there is no namespace ${namespace}`;
  return "";
}

function timeoutOf({ timeout = DEFAULT_TIMEOUT }: ReportOptions): number {
  const ms = parseDuration(timeout);
  if (ms !== undefined && ms > 0) return ms;
  throw new TocsinError("ERR_USAGE", `--timeout is ${JSON.stringify(timeout)}; write 10s, 1m or 1m30s`);
}

/** The API server would accept `pod`, and nobody would find the Event. */
function checkKind(kind: string): void {
  if (!/^[a-z]/u.test(kind)) return;
  throw new TocsinError(
    "ERR_USAGE",
    `--kind is ${JSON.stringify(kind)}; write it as manifests do, such as Pod or Deployment`,
  );
}

function inOptions({ field, message }: ReportError): string {
  const option = OPTION_OF.get(field) ?? `--${field}`;
  return message.startsWith(field) ? `${option}${message.slice(field.length)}` : message;
}
