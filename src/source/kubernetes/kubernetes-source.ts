import type { Position } from "../../event/index.ts";
import { type ApiClient, ApiError, type ClusterIdentity } from "../../kube/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { formatDuration } from "../../lib/duration.ts";
import { errorText, toError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { Metrics } from "../../lib/metrics.ts";
import type { EventSource, SourceMessage, SourceStatus } from "../source.ts";
import { Backoff } from "./backoff.ts";
import { merge } from "./merge.ts";
import { type Scope, scopesOf } from "./scope.ts";
import type { SourceContext } from "./source-context.ts";
import type { StartFrom } from "./start-from.ts";
import { troubleOf, troubleText } from "./trouble.ts";
import { createWatchMetrics } from "./watch-metrics.ts";
import { Watcher } from "./watcher.ts";

/** Cluster, scopes, start and collaborators of a source. */
export interface KubernetesSourceOptions {
  /** The name that the cluster is known by: of its batches, and of its part of the stored state. */
  readonly cluster: string;
  readonly client: ApiClient;
  /** `core` or `events` (events.k8s.io/v1). */
  readonly group: "core" | "events";
  /** Empty for all. */
  readonly namespaces: readonly string[];
  /** All positions of the store, also those of other scopes and clusters. */
  readonly positions: readonly Position[];
  readonly startFrom: StartFrom;
  /** The server's --event-ttl in milliseconds. */
  readonly eventTtlMs: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The Events of one API server, in one stream for all namespaces or one for each. Registers its metrics. */
export function createKubernetesSource(options: KubernetesSourceOptions): EventSource {
  return new KubernetesSource(options);
}

class KubernetesSource implements EventSource {
  readonly #options: KubernetesSourceOptions;
  /** The positions of this cluster. */
  readonly #positions: readonly Position[];
  readonly #scopes: readonly Scope[];
  readonly #context: SourceContext;
  #watchers: readonly Watcher[] = [];
  #hasEnded = false;
  /** Before there are watchers: why the server did not give its identity. */
  #trouble = "";

  constructor(options: KubernetesSourceOptions) {
    const { cluster, client, clock, random, log, metrics } = options;
    this.#options = options;
    this.#positions = options.positions.filter((position) => position.cluster === cluster);
    this.#scopes = scopesOf(options.group, options.namespaces);
    // A source that has ended confirms nothing any more: another process may follow the Events.
    const ages = (): Iterable<readonly [string, number]> =>
      this.#hasEnded
        ? []
        : this.#watchers.map((watcher) => [watcher.status().scope, watcher.positionAgeSeconds()]);
    this.#context = { cluster, client, clock, random, log, metrics: createWatchMetrics(metrics, ages) };
  }

  async *messages(signal: AbortSignal): AsyncGenerator<SourceMessage, void> {
    const clusterId = await this.#identify(signal);
    if (clusterId === undefined) return;
    this.#watchers = this.#scopes.map((scope) => this.#watcherOf(scope, clusterId));
    try {
      yield* merge(
        this.#watchers.map((watcher) => (stop) => watcher.run(stop)),
        signal,
      );
    } finally {
      this.#hasEnded = true;
    }
  }

  ack(position: Position): void {
    for (const watcher of this.#watchers)
      if (watcher.status().scope === position.scope) watcher.ack(position);
  }

  status(): readonly SourceStatus[] {
    if (this.#watchers.length > 0) return this.#watchers.map((watcher) => watcher.status());
    return this.#scopes.map((scope) => ({
      cluster: this.#options.cluster,
      scope: scope.key,
      state: this.#trouble === "" ? "cold" : "waiting",
      trouble: this.#trouble,
      lastMessageAt: 0,
      resourceVersion: this.#stored(scope)?.resourceVersion ?? "",
    }));
  }

  /** The cluster's id, however long it takes; undefined when aborted. */
  async #identify(signal: AbortSignal): Promise<string | undefined> {
    const { client, clock, random, log, metrics } = this.#context;
    const backoff = new Backoff(random);
    const [scope] = this.#scopes;
    while (!signal.aborted) {
      try {
        const version = await serverVersion(client, signal);
        const clusterId = this.#clusterId(await client.clusterIdentity(signal));
        this.#trouble = "";
        this.#announce(version, clusterId);
        return clusterId;
      } catch (error) {
        if (signal.aborted) break;
        const trouble = troubleOf(toError(error));
        metrics.failed(trouble.kind);
        const text = scope === undefined ? errorText(error) : troubleText(trouble, "list", scope);
        if (text !== this.#trouble)
          log.warn("cannot reach the API server; trying again", { server: client.server, trouble: text });
        this.#trouble = text;
        await clock
          .sleep(backoff.next(clock.monotonic(), trouble.retryAfterMs), signal)
          .catch(() => undefined);
      }
    }
    return undefined;
  }

  /**
   * Permissions come and go: a cluster with a known name stays the same cluster when now only its other name can be
   * read.
   */
  #clusterId({ uid, address }: ClusterIdentity): string {
    const stored = this.#scopes.flatMap((scope) => this.#stored(scope)?.clusterId ?? []);
    if (uid === undefined) return stored[0] ?? address;
    return stored.includes(address) ? address : uid;
  }

  #announce(version: string, clusterId: string): void {
    const { client, log, group, namespaces } = this.#options;
    log.info("connected to the API server", {
      server: client.server,
      ...(client.contextName === "" ? {} : { context: client.contextName }),
      version,
      clusterId,
    });
    const from = this.#scopes.map((scope) => {
      const position = this.#stored(scope);
      return position?.clusterId === clusterId ? `version ${position.resourceVersion}` : this.#coldStart();
    });
    log.info("watching events", {
      api: group === "core" ? "v1" : "events.k8s.io/v1",
      namespaces: namespaces.length === 0 ? "all" : namespaces.join(", "),
      from: [...new Set(from)].join(", "),
    });
  }

  #coldStart(): string {
    const { startFrom } = this.#options;
    return typeof startFrom === "string" ? startFrom : `${formatDuration(startFrom)} back`;
  }

  #stored(scope: Scope): Position | undefined {
    return this.#positions.find((position) => position.scope === scope.key);
  }

  #watcherOf(scope: Scope, clusterId: string): Watcher {
    const { startFrom, eventTtlMs, log } = this.#options;
    const positions = this.#positions;
    const stored = this.#stored(scope);
    const position = stored?.clusterId === clusterId ? stored : undefined;
    if (position === undefined && positions.length > 0) {
      log.warn("no position for this cluster and scope; starting as on the first start", {
        scope: scope.key,
        clusterId,
        ...(stored === undefined ? {} : { storedClusterId: stored.clusterId }),
      });
    }
    return new Watcher(
      { scope, clusterId, position, epoch: coldEpoch(positions, clusterId), startFrom, eventTtlMs },
      this.#context,
    );
  }
}

/**
 * Lineages of another cluster that had this name must not count as ours; those of another scope of this cluster are the
 * same.
 */
function coldEpoch(positions: readonly Position[], clusterId: string): number {
  const foreign = positions.filter((position) => position.clusterId !== clusterId);
  const own = positions.filter((position) => position.clusterId === clusterId);
  const highest = (list: readonly Position[]): number => Math.max(-1, ...list.map(({ epoch }) => epoch));
  return Math.max(0, highest(own), highest(foreign) + 1);
}

/** Everybody who may log in may read the version; where that was changed, the log leaves it out. */
async function serverVersion(client: ApiClient, signal: AbortSignal): Promise<string> {
  try {
    return await client.serverVersion(signal);
  } catch (error) {
    if (error instanceof ApiError && [403, 404].includes(error.status)) return "unknown";
    throw error;
  }
}
