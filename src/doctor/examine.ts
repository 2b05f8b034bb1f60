import { resolve } from "node:path";

import { type Configuration, unresolvedSecrets } from "../config/index.ts";
import { ownPodOf } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import { silentLogger } from "../lib/log.ts";
import type { Scrubber } from "../lib/scrub.ts";
import { scopesOf } from "../source/index.ts";
import { contact, judgeSkew, noContact } from "./api-server.ts";
import { type Check, fail, skip, type Verdict } from "./check.ts";
import { judgeConfiguration } from "./configuration.ts";
import { type Asking, judgeTtl, judgeWatch, type Listed, listScope } from "./events.ts";
import { askPermission, questionsOf } from "./permissions.ts";
import { checkHeartbeat, checkSink } from "./sinks.ts";
import { checkStore } from "./store.ts";

/** Longest time of a check. All checks run at once; those of the API server wait for its first answer. */
const LONGEST_MS = 15_000;
const LONGEST_CONTACT_MS = 8000;
const GRACE_MS = 500;

const SILENT_SERVER = "the API server does not answer";

/** Environment of an examination. */
export interface DoctorDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly scrubber: Scrubber;
  /** Warnings of the configuration. */
  readonly findings: readonly Finding[];
}

/** A running check. Its promise never rejects. */
export interface Running {
  readonly name: string;
  readonly verdict: Promise<Verdict>;
}

/** A running examination. */
export interface Examination {
  /** In reading order. */
  readonly checks: readonly Running[];
  /** Frees its connections, once the checks have ended. */
  close(): Promise<void>;
}

/** Begins to check everything that the service needs, at once. Changes nothing and sends nothing. */
export function examine(configuration: Configuration, deps: DoctorDeps): Examination {
  const { clock, scrubber } = deps;
  const begin = (check: Check): Running => ({
    name: check.name,
    verdict: timed(check, clock).then((verdict) => ({ ...verdict, detail: scrubber.scrub(verdict.detail) })),
  });
  const server = onServer(configuration, deps);
  return {
    checks: [
      ...server.checks,
      { name: "store", run: () => checkStore(configuration.process.state) },
      ...receiverChecks(configuration, deps),
    ].map(begin),
    close: () => server.close(),
  };
}

function onServer(
  configuration: Configuration,
  { env, clock, findings }: DoctorDeps,
): { readonly checks: readonly Check[]; close(): Promise<void> } {
  const { kubernetes } = configuration.process;
  const found = withDeadline(clock, LONGEST_CONTACT_MS, (signal) =>
    contact(kubernetes, { env, clock }, signal),
  ).catch((error: unknown) => noContact(error, ""));
  const asked = (ask: (asking: Asking) => Promise<Verdict>): Check["run"] => {
    return async (signal) => {
      const { client } = await found;
      return client === undefined ? skip(SILENT_SERVER) : ask({ client, clock, signal });
    };
  };
  const scopes = scopesOf(kubernetes.api, kubernetes.namespaces);
  const lists = scopes.map(async (scope): Promise<Listed | undefined> => {
    const { client } = await found;
    if (client === undefined) return undefined;
    return withDeadline(clock, LONGEST_MS, (signal) => listScope(scope, { client, clock, signal })).catch(
      (error: unknown) => ({ scope, trouble: errorText(error) }),
    );
  });
  const checks: readonly Check[] = [
    {
      name: "configuration",
      run: async () => {
        const contextName = (await found).client?.contextName;
        // Those of receivers have lines of their own.
        const missing = unresolvedSecrets(configuration.origin, env).filter(
          ({ path }) => !/^(?:sinks\[|heartbeat\.)/u.test(path),
        );
        // Without a readable kubeconfig its context is unknown; that is a failure of its own.
        return judgeConfiguration(configuration, findings, { missing, contextName: contextName ?? "?" });
      },
    },
    { name: "api-server", run: async () => (await found).verdict },
    ...questionsOf(configuration, ownPodOf(env)).map((question) => ({
      name: question.name,
      run: asked(({ client, signal }) => askPermission(question, client, signal)),
    })),
    { name: "clock", run: asked(async () => judgeSkew((await found).skew)) },
    {
      name: "event-ttl",
      run: asked(async () => judgeTtl(present(await Promise.all(lists)), kubernetes.eventTtl)),
    },
    ...scopes.map((scope, index) => ({
      name: scope.namespace === "" ? "watch" : `watch ${scope.namespace}`,
      run: asked(async (asking) => {
        const listed = await lists[index];
        return listed === undefined ? skip(SILENT_SERVER) : judgeWatch(listed, asking);
      }),
    })),
  ];
  return {
    checks,
    // Running checks fail then, and nobody waits for them.
    close: async () => (await found).client?.close(),
  };
}

/** Checks of the sinks, and of the heartbeat where there is one. */
function receiverChecks(
  configuration: Configuration,
  { env, clock, scrubber }: DoctorDeps,
): readonly Check[] {
  const { policy, process, sinks, origin } = configuration;
  const missing = unresolvedSecrets(origin, env);
  const host = {
    cluster: policy.cluster,
    clock,
    log: silentLogger,
    env,
    scrubber,
    resolvePath: (path: string) => resolve(origin.baseDir, path),
    // Nothing is sent.
    stdout: () => Promise.resolve(),
    colour: false,
  };
  const { heartbeat } = process;
  const among = (start: string): readonly Finding[] => missing.filter(({ path }) => path.startsWith(start));
  const ofSinks = sinks.map((sink, index): Check => {
    const own = among(`sinks[${index}].`);
    return { name: `sink ${sink.name}`, run: (signal) => checkSink(sink, { host, missing: own, signal }) };
  });
  if (heartbeat === undefined) return ofSinks;
  const own = among("heartbeat.");
  return [
    ...ofSinks,
    { name: "heartbeat", run: (signal) => checkHeartbeat(heartbeat, { host, missing: own, signal }) },
  ];
}

function present(listed: readonly (Listed | undefined)[]): readonly Listed[] {
  return listed.filter((each) => each !== undefined);
}

/** Never rejects, and ends in time also when a lower part ignores its signal, such as a hung disk. */
async function timed(check: Check, clock: Clock): Promise<Verdict> {
  try {
    return await withDeadline(clock, LONGEST_MS, (signal) => check.run(signal));
  } catch (error) {
    return fail(errorText(error), "look at the network or the disk on the way to it, and try again");
  }
}

async function withDeadline<T>(
  clock: Clock,
  longestMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const expired = Promise.withResolvers<never>();
  const reason = new DOMException(`no answer within ${longestMs / 1000} s`, "TimeoutError");
  const cancels = [
    clock.after(longestMs, () => late.abort(reason)),
    // A part that follows its signal says itself where it was.
    clock.after(longestMs + GRACE_MS, () => expired.reject(reason)),
  ];
  try {
    return await Promise.race([work(late.signal), expired.promise]);
  } finally {
    for (const cancel of cancels) cancel();
  }
}
