import type { ConfigurationSpec } from "../../config/index.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { ImportOptions } from "../tool.ts";
import { variablesIn } from "../variables.ts";
import { textOf } from "./read-exporter.ts";
import type { Say } from "./say.ts";

type Settings = Readonly<Record<string, unknown>>;

/** Seconds, where the configuration says nothing (pkg/exporter/config.go). */
const USUAL_AGE = 5;

/** Its log levels that have another name here. */
const LEVELS: Readonly<Record<string, "debug" | "info" | "warn" | "error">> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  fatal: "error",
  panic: "error",
};

/** The sections of the new configuration that follow from settings of the process. */
export function settingsOf(
  settings: Settings,
  options: ImportOptions,
  say: Say,
): Pick<ConfigurationSpec, "cluster" | "kubernetes" | "log"> {
  const namespace = textOf(settings["namespace"]);
  const level = LEVELS[textOf(settings["logLevel"]).toLowerCase()];
  const format = textOf(settings["logFormat"]);
  return {
    cluster: clusterOf(settings, options, say),
    kubernetes: {
      // As before, Events that happened before the first start are left alone.
      startFrom: "now",
      ...(namespace === "" ? {} : { namespaces: [namespace] }),
      ...(settings["omitLookup"] === true ? { enrich: "off" as const } : {}),
    },
    ...(level === undefined && format === ""
      ? {}
      : {
          log: {
            ...(level === undefined ? {} : { level }),
            ...(format === "json" || format === "pretty" ? { format: format } : {}),
          },
        }),
  };
}

function clusterOf(settings: Settings, { cluster }: ImportOptions, say: Say): string {
  const own = textOf(settings["clusterName"]);
  if (own !== "" && variablesIn(own).length === 0) return own;
  if (cluster !== undefined) return cluster;
  say("cluster", own === "" ? [] : ["clusterName"], {
    did: own === "" ? "it had no name for the cluster" : `the name was that of the variable ${own}`,
    written: "cluster: imported",
    decide: "name the cluster: the name stands in every alert (--cluster NAME writes it)",
    shown: "clusterName",
  });
  return "imported";
}

/** Says what differs by settings of the process. */
export function settingLines(settings: Settings, say: Say): void {
  const age = Number(settings["maxEventAgeSeconds"] ?? 0);
  const throttle = Number(settings["throttlePeriod"] ?? 0);
  const [key, seconds] =
    age > 0
      ? (["maxEventAgeSeconds", age] as const)
      : throttle > 0
        ? (["throttlePeriod", throttle] as const)
        : (["", USUAL_AGE] as const);
  say("age", key === "" ? [] : [key], {
    did: `it discarded Events that came more than ${seconds} s late, after a restart or when it was slow`,
    written:
      "no Event is discarded for its age; of those before the first start none is sent (kubernetes.startFrom)",
    shown: `${seconds}s`,
  });
  if (age > 0 && throttle > 0)
    say("parse-error", ["throttlePeriod"], {
      did: "it does not start with both maxEventAgeSeconds and throttlePeriod",
      written: "neither is needed",
    });
  say("updates", [], {
    did: "it sent an Event once, and nothing when the Event was repeated",
    written:
      "a forward sends each further occurrence, with delta; an alert counts them. The condition event.count <= 1 stands as a comment",
    decide: "keep it, or take the first state alone (--first-sight writes the condition)",
    shown: "always",
  });
  const election = settings["leaderElection"];
  if (isMapping(election) && election["enabled"] === true)
    say("leader-election", ["leaderElection"], {
      did: "several replicas elected one that works",
      written: "nothing: run one replica, or two with PostgreSQL (docs/sizing.md)",
    });
  const prefix = textOf(settings["metricsNamePrefix"]);
  if (prefix !== "")
    say("no-equal", ["metricsNamePrefix"], {
      did: `names of its metrics began with ${prefix}`,
      written: "names of metrics begin with tocsin_ (docs/metrics.md)",
      decide: "change dashboards and alert rules that use the old ones",
    });
  const kubeconfig = textOf(settings["kubeconfig"]);
  if (kubeconfig !== "")
    say("no-equal", ["kubeconfig"], {
      did: `it read ${kubeconfig}`,
      written: "nothing: in-cluster credentials, $KUBECONFIG or ~/.kube/config are found",
      decide: "set kubernetes.kubeconfig if the bridge runs elsewhere",
    });
}
