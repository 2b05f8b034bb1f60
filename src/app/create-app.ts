import { TocsinError } from "../lib/errors.ts";
import { openSqliteStore } from "../store/index.ts";
import type { App, AppOptions } from "./app.ts";
import { Replica } from "./replica.ts";

/**
 * Puts the parts together, with the state in an SQLite file; opens nothing yet.
 *
 * @throws {TocsinError} ERR_CONFIG_INVALID when nothing names the cluster.
 */
export function createApp(options: AppOptions): App {
  const { policy, process } = options.configuration;
  if (policy.cluster === "") {
    throw new TocsinError(
      "ERR_CONFIG_INVALID",
      "cluster: missing; in a cluster there is no context to name it after",
    );
  }
  const { path, maxBytes, historyFor: historyForMs } = process.state;
  const { clock, log, random, metrics } = options;
  return new Replica({
    ...options,
    openStore: ({ onDamage, onCopy }) =>
      openSqliteStore({
        path,
        maxBytes,
        historyForMs,
        clock,
        log,
        onDamage,
        copies: { random, metrics, onCopy },
      }),
  });
}
