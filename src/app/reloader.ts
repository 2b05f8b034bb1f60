import { resolve } from "node:path";

import type { ReloadOutcome, AccessPolicy } from "../api/index.ts";
import { changedAtStart, type Configuration, unresolvedSecrets } from "../config/index.ts";
import { AddressRanges } from "../lib/address-ranges.ts";
import { errorText } from "../lib/errors.ts";
import { errorIn, type Finding, formatFinding } from "../lib/finding.ts";
import type { Metrics } from "../lib/metrics.ts";
import { openSecret } from "../lib/secret-option.ts";
import type { AppOptions } from "./app.ts";

/** Collaborators of a reload, and its effect on a good configuration. */
export type ReloaderDeps = Pick<
  AppOptions,
  "configuration" | "load" | "log" | "env" | "scrubber" | "metrics"
> & {
  readonly apply: (configuration: Configuration) => Promise<void>;
};

/**
 * Reads the configuration again and brings it into use, whole or not at all. One reload at a time: a second request
 * waits for the first and then reads again, since files may have changed meanwhile.
 */
export class Reloader {
  readonly #deps: ReloaderDeps;
  readonly #success: ReturnType<Metrics["gauge"]>;
  #current: Configuration;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: ReloaderDeps) {
    this.#deps = parts;
    this.#current = parts.configuration;
    this.#success = parts.metrics.gauge(
      "tocsin_config_last_reload_success",
      "Whether the last reload was taken into use.",
    );
    this.#success.set(1);
    parts.metrics.gauge("tocsin_config_hash", "First 48 bits of the hash of the configuration in use.", {
      collect: (gauge) => gauge.set(Number.parseInt(this.#current.origin.hash.slice(0, 12), 16)),
    });
  }

  /** The configuration in use. */
  get current(): Configuration {
    return this.#current;
  }

  /** Never rejects: every failure is a finding, and the old configuration stays in use. */
  reload(): Promise<ReloadOutcome> {
    const outcome = this.#queue.then(() => this.#reload());
    this.#queue = outcome;
    return outcome;
  }

  /** The rules of access to the HTTP API, by the configuration in use. */
  access(): AccessPolicy {
    const { env, scrubber } = this.#deps;
    const { process, origin } = this.#current;
    const deps = { env, scrubber, resolvePath: (path: string) => resolve(origin.baseDir, path) };
    const { localRead, publicUrl, proxy, tokens } = process.server;
    const { read, write } = tokens;
    return {
      localRead,
      publicUrl,
      proxy: proxy && { ...proxy, from: new AddressRanges(proxy.from) },
      read: read.map((ref) => openSecret(ref, deps)),
      write: write.map((ref) => openSecret(ref, deps)),
    };
  }

  async #reload(): Promise<ReloadOutcome> {
    try {
      return await this.#replace();
    } catch (error) {
      return this.#refuse([errorIn("", errorText(error))]);
    }
  }

  async #replace(): Promise<ReloadOutcome> {
    const { load, log, apply } = this.#deps;
    const { cluster } = this.#current.policy;
    const loaded = await load(cluster);
    const { findings } = loaded;
    if (loaded.configuration === undefined) return this.#refuse(findings);
    // Alerts and groups are kept under the cluster's name, also where the loader ignored it.
    const configuration = {
      ...loaded.configuration,
      policy: { ...loaded.configuration.policy, cluster },
    };
    const missing = this.#missingSecrets(configuration);
    if (missing.length > 0) return this.#refuse([...findings, ...missing]);
    this.#warnOfFixed(configuration);
    await apply(configuration);
    this.#current = configuration;
    this.#success.set(1);
    log.info("the changed configuration is in use", {
      rules: configuration.policy.rules.rules.length,
      sinks: configuration.sinks.map((sink) => sink.name).join(", "),
    });
    return { ok: true, findings };
  }

  #refuse(findings: readonly Finding[]): ReloadOutcome {
    this.#success.set(0);
    this.#deps.log.error("the changed configuration is refused; the old one goes on", {
      findings: findings.filter((finding) => finding.level === "error").map(formatFinding),
    });
    return { ok: false, findings };
  }

  #missingSecrets({ origin }: Configuration): readonly Finding[] {
    const missing = unresolvedSecrets(origin, this.#deps.env);
    return missing.map((finding) => ({ ...finding, level: "error" }));
  }

  #warnOfFixed({ process: next }: Configuration): void {
    const { process: current } = this.#current;
    const changed = changedAtStart(current, next);
    if (changed.length > 0) {
      this.#deps.log.warn("settings have changed that take effect at the next start", {
        settings: changed.join(", "),
      });
    }
  }
}
