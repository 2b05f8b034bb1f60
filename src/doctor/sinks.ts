import type { Finding } from "../lib/finding.ts";
import {
  type ConfiguredSink,
  createSink,
  DeliveryError,
  type Failure,
  type FailureClass,
  type SinkHost,
} from "../sink/index.ts";
import { fail, ok, type Verdict } from "./check.ts";

/** What to do about a failure that says itself what is wrong. */
const HINTS: Readonly<Partial<Record<Failure, string>>> = {
  tls: "name the authority of its certificate (tls.caFile, for email caFile), or mend the certificate",
  unauthorized: "mend its credentials, or those of the proxy",
  "refused-address": "name another address; private ones are allowed by allowPrivate",
  misconfigured: "mend the option or the file that is named; messages wait until then",
};

/** What to do about any other, by its class. */
const CLASS_HINTS: Readonly<Record<FailureClass, string>> = {
  transient: "look whether its receiver is up and can be reached from here; messages wait until it can",
  broken: "mend its address, credentials or certificates; messages wait until then",
  poison: "look at its options; messages would become dead letters",
};

/** Whether a sink can be reached. Sends nothing. @param missing Its secrets that do not resolve. */
export async function checkSink(
  configured: ConfiguredSink,
  {
    host,
    missing,
    signal,
  }: { readonly host: SinkHost; readonly missing: readonly Finding[]; readonly signal: AbortSignal },
): Promise<Verdict> {
  const { type } = configured.type;
  const [first] = missing;
  if (first !== undefined) {
    return fail(
      missing.map(({ path, message }) => `${path}: ${message}`).join("; "),
      "write the file or set the variable; the service does not start without",
    );
  }
  const sink = createSink(configured, host);
  try {
    if (sink.probe === undefined) return ok(`${type}, nothing to reach`);
    return ok(`${type}, ${await sink.probe(signal)}; nothing was sent`);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return fail(
      `${type}, ${error.failure}: ${error.message}`,
      HINTS[error.failure] ?? CLASS_HINTS[error.class],
    );
  } finally {
    await sink.close();
  }
}
