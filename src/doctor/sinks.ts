import type { ProcessSettings } from "../config/index.ts";
import { createHttpClient, DeliveryError, type Failure, type FailureClass } from "../egress/index.ts";
import type { Finding } from "../lib/finding.ts";
import { openSecret } from "../lib/secret-option.ts";
import { type ConfiguredSink, createSink, type SinkDeps } from "../sink/index.ts";
import { fail, ok, type Verdict } from "./check.ts";

/** Remedies of failures whose message names the fault. */
const HINTS: Readonly<Partial<Record<Failure, string>>> = {
  tls: "name the authority of its certificate (tls.caFile, for email caFile) or the name in it (serverName), or mend it",
  unauthorized: "mend its credentials, or those of the proxy",
  "refused-address": "name another address; private ones are allowed by allowPrivate",
  misconfigured: "mend the option or the file that is named; messages wait until then",
};

/** Remedies of other failures, by class. */
const CLASS_HINTS: Readonly<Record<FailureClass, string>> = {
  transient: "look whether its receiver is up and can be reached from here; messages wait until it can",
  broken: "mend its address, credentials or certificates; messages wait until then",
  poison: "look at its options; messages would become dead letters",
};

/** Collaborators of the connection tests. */
export interface Reaching {
  readonly host: SinkDeps;
  /** Its unresolved secrets. */
  readonly missing: readonly Finding[];
  readonly signal: AbortSignal;
}

/** Checks whether a sink can be reached. Sends nothing. */
export async function checkSink(configured: ConfiguredSink, reaching: Reaching): Promise<Verdict> {
  const { type } = configured.type;
  return judge(type, reaching, async ({ host, signal }) => {
    const sink = createSink(configured, host);
    try {
      return sink.probe === undefined ? undefined : await sink.probe(signal);
    } finally {
      await sink.close();
    }
  });
}

/** Checks whether the dead-man service can be reached. Sends nothing, so that the service counts no heartbeat. */
export async function checkHeartbeat(
  { every: _every, url, ...http }: NonNullable<ProcessSettings["heartbeat"]>,
  reaching: Reaching,
): Promise<Verdict> {
  return judge("http", reaching, async ({ host, signal }) => {
    const client = createHttpClient({ ...http, allowPrivate: true, concurrency: 1 }, host);
    try {
      return await client.reach(openSecret(url, host).reveal(), signal);
    } finally {
      await client.close();
    }
  });
}

/** @param reach Returns the place that it reached; undefined when there is nothing to reach. */
async function judge(
  type: string,
  reaching: Reaching,
  reach: (reaching: Reaching) => Promise<string | undefined>,
): Promise<Verdict> {
  const { missing } = reaching;
  if (missing.length > 0) {
    return fail(
      missing.map(({ path, message }) => `${path}: ${message}`).join("; "),
      "write the file or set the variable; the service does not start without",
    );
  }
  try {
    const place = await reach(reaching);
    return ok(place === undefined ? `${type}, nothing to reach` : `${type}, ${place}; nothing was sent`);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return fail(
      `${type}, ${error.failure}: ${error.message}`,
      HINTS[error.failure] ?? CLASS_HINTS[error.class],
    );
  }
}
