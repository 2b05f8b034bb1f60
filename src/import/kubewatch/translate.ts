import type { ConfigurationSpec } from "../../config/index.ts";
import { isMapping } from "../../lib/mapping.ts";
import { writeYaml } from "../../lib/write-yaml.ts";
import { RULES_FILE } from "../imported-files.ts";
import { NOTHING_DELIVERED } from "../nothing-delivered.ts";
import type { ReportLine } from "../report.ts";
import { SecretsToFill } from "../secrets-to-fill.ts";
import type { SourceMapping } from "../source-document.ts";
import type { Imported, ImportOptions } from "../tool.ts";
import { handlerOf, sinkOfHandler, textOf } from "./handlers.ts";
import { handlerLines, keyLines, OF_EVENTS, resourceLines, type Say } from "./report-lines.ts";

/** A handler as a sink. */
type HandlerSink = NonNullable<ReturnType<typeof sinkOfHandler>>;

/** Translates a configuration of kubewatch: its one handler, and whatever it tells of Events. */
export function translate(found: SourceMapping, options: ImportOptions): Imported {
  const lines: ReportLine[] = [];
  const say: Say = (code, path, words) =>
    void lines.push({ code, place: found.placeOf(path), path: path.join("."), ...words });
  const { resource, namespace, handler: handlers } = found.value;
  const watched = isMapping(resource) ? Object.keys(resource).filter((key) => resource[key] === true) : [];
  const secrets = new SecretsToFill();
  const handler = handlerOf(handlers);
  const sink = handler === undefined ? undefined : sinkOfHandler(handler, secrets);
  const isOfEvents = watched.some((kind) => OF_EVENTS.has(kind));
  resourceLines(watched, say);
  keyLines(handlers, say);
  if (handler !== undefined)
    handlerLines(handler, { say, hasEqual: sink !== undefined, delivers: isOfEvents });
  if (options.cluster === undefined) clusterLine(say);
  const cluster = options.cluster ?? "imported";
  const parts = isOfEvents && sink !== undefined ? delivering(sink, textOf(namespace), say) : idle(sink);
  const { kubernetes, ...configuration } = parts.configuration;
  const written = Number(parts.delivers);
  return {
    configuration: { cluster, kubernetes: { startFrom: "now", ...kubernetes }, ...configuration },
    rules: parts.rules,
    remarks: parts.remarks,
    lines,
    secrets: secrets.all(),
    receivers: {
      found: Number(handler !== undefined),
      written,
      withoutEqual: Number(handler !== undefined && sink === undefined),
      unused: Number(sink !== undefined) - written,
    },
    deliveries: { found: written, written, never: 0 },
    templates: { found: 0, translated: 0 },
  };
}

interface Parts extends Pick<Imported, "rules" | "remarks"> {
  readonly configuration: Omit<ConfigurationSpec, "cluster">;
  readonly delivers: boolean;
}

/** Every Event of the watched namespaces goes to the handler. */
function delivering({ sink, isRecord }: HandlerSink, namespace: string, say: Say): Parts {
  const { name } = sink;
  if (namespace !== "")
    say("namespaced-watch", ["namespace"], {
      did: `it watched the namespace ${namespace} alone`,
      written: `kubernetes.namespaces: [${namespace}]`,
      decide: "leave it empty for all namespaces; Events of Nodes lie in default",
    });
  const kubernetes = namespace === "" ? {} : { namespaces: [namespace] };
  const text = builtinProposal(sink);
  if (isRecord)
    return {
      configuration: { kubernetes, rules: [], sinks: [sink], forward: [{ name, sinks: [name] }] },
      rules: undefined,
      remarks: { configuration: [{ path: ["forward"], text }], rules: [] },
      delivers: true,
    };
  return {
    configuration: { kubernetes, rules: [RULES_FILE], sinks: [sink], route: { sinks: [name] } },
    rules: { rules: [{ name, match: {}, sinks: [name] }] },
    remarks: { configuration: [], rules: [{ path: ["rules"], text }] },
    delivers: true,
  };
}

/** Nothing of it is about Events, or its handler has no equal. */
function idle(sink: HandlerSink | undefined): Parts {
  const proposals = sink === undefined ? [] : [{ path: ["forward"], text: builtinProposal(sink.sink) }];
  return {
    configuration: { rules: [], ...NOTHING_DELIVERED },
    rules: undefined,
    remarks: { configuration: proposals, rules: [] },
    delivers: false,
  };
}

function clusterLine(say: Say): void {
  say("cluster", [], {
    did: "it had no name for the cluster",
    written: "cluster: imported",
    decide: "name the cluster: the name stands in every alert (--cluster NAME writes it)",
  });
}

/** The rules that ship tell what goes wrong with objects; that is what people watch objects for. */
function builtinProposal(sink: ConfigurationSpec["sinks"][number]): string {
  const spec = writeYaml({ rules: ["builtin"], sinks: [sink], route: { sinks: [sink.name] } });
  return `The rules that ship tell what goes wrong with pods, deployments, jobs, volumes and nodes, once and with an end:\n${spec}`;
}
