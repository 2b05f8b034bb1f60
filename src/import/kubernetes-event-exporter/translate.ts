import type { ConfigurationSpec } from "../../config/index.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Remark } from "../../lib/write-yaml.ts";
import { dotted } from "../../lib/yaml-file.ts";
import { RULES_FILE } from "../imported-files.ts";
import type { ReportLine } from "../report.ts";
import { SecretsToFill } from "../secrets-to-fill.ts";
import type { SourceMapping } from "../source-document.ts";
import type { Imported, ImportOptions } from "../tool.ts";
import { UnusedNames } from "../unused-names.ts";
import { expandAll } from "../variables.ts";
import { deliveriesOf } from "./deliveries.ts";
import type { ExporterConfiguration } from "./exporter-configuration.ts";
import { GatheredLines } from "./gathered-lines.ts";
import { readExporter } from "./read-exporter.ts";
import type { CountHoles, TranslatedReceiver } from "./receivers/receiver-context.ts";
import { isRecordReceiver, translateReceiver } from "./receivers/translate-receiver.ts";
import { routeLines } from "./route-lines.ts";
import { routeProposals } from "./route-proposals.ts";
import type { Say } from "./say.ts";
import { settingLines, settingsOf } from "./settings.ts";
import { type ForwardSpec, type Noted, writeDeliveries, type WrittenDeliveries } from "./write-deliveries.ts";

/** Translates a configuration of kubernetes-event-exporter. */
export function translate(found: SourceMapping, options: ImportOptions): Imported {
  const expanded = expandAll(found.value);
  const exporter = readExporter(isMapping(expanded) ? expanded : {});
  const lines: ReportLine[] = [];
  const say: Say = (code, path, { shown = dotted(path), did, written, decide = "" }) => {
    lines.push({ code, place: found.placeOf(path), path: shown, did, written, decide });
  };
  const deliveries = deliveriesOf(exporter.route);
  const used = new Set(deliveries.map(({ receiver }) => receiver));
  const match = { tidy: options.tidy, looksUp: exporter.settings["omitLookup"] !== true };
  routeLines(exporter, deliveries, { say, match });
  settingLines(exporter.settings, say);
  // Proposals name receivers, so a configuration that delivers nothing keeps them.
  const isNeeded = (name: string): boolean => used.has(name) || deliveries.length === 0;
  const secrets = new SecretsToFill();
  const templates = { found: 0, translated: 0 };
  const count: CountHoles = ({ found: holes, translated }) => {
    templates.found += holes;
    templates.translated += translated;
  };
  const receivers = translateReceivers(exporter, { options, say, secrets, count, isNeeded });
  const unknown = exporter.faults.filter(({ code }) => code === "unknown-key");
  const context = { receivers, say, options, match, unknown, names: new UnusedNames() };
  const written = writeDeliveries(deliveries, context);
  const sinks = [...receivers.values()].flatMap(({ sink }) => (sink === undefined ? [] : [sink]));
  const proposals = [...written.proposals, ...routeProposals(exporter.route, context)];
  const all = exporter.receivers;
  const counted = all.filter(({ name }) => used.has(name));
  const isWritten = ({ name }: { readonly name: string }): boolean => receivers.get(name)?.sink !== undefined;
  return {
    ...assemble(settingsOf(exporter.settings, options, say), { sinks, written, proposals, receivers }),
    lines,
    secrets: secrets.all(),
    receivers: {
      found: all.length,
      written: counted.filter(isWritten).length,
      withoutEqual: counted.filter((receiver) => !isWritten(receiver)).length,
      unused: all.length - counted.length,
    },
    deliveries: written.tally,
    templates,
  };
}

interface ReceiverUse {
  readonly options: ImportOptions;
  readonly say: Say;
  readonly secrets: SecretsToFill;
  readonly count: CountHoles;
  readonly isNeeded: (name: string) => boolean;
}

/** Unused receivers are translated for the report alone. */
function translateReceivers(
  { receivers }: ExporterConfiguration,
  { options, say, secrets, count, isNeeded }: ReceiverUse,
): ReadonlyMap<string, TranslatedReceiver> {
  const translated = receivers.map((receiver) => {
    const { name, path, kind } = receiver;
    const wish = options.forward.has(name) ? "records" : options.alerts.has(name) ? "alerts" : undefined;
    const gathered = new GatheredLines((code, inner, words) =>
      say(code, [...path, ...(kind === "" ? [] : [kind]), ...inner], { shown: name, ...words }),
    );
    const result = translateReceiver(receiver, {
      secrets: isNeeded(name) ? secrets : new SecretsToFill(),
      name: sinkName(name),
      isRecord: isRecordReceiver(receiver, wish),
      say: gathered.say,
      count,
    });
    gathered.end();
    return result;
  });
  return new Map(
    translated.flatMap((each) => (isNeeded(each.receiver.name) ? [[each.receiver.name, each] as const] : [])),
  );
}

/** Names of sinks are stricter than those of receivers. */
function sinkName(name: string): string {
  const clean = name
    .replaceAll(/[^\w.-]/gu, "-")
    .replace(/^[^\dA-Za-z]+/u, "")
    .slice(0, 63);
  return clean === "" ? "receiver" : clean;
}

interface Parts {
  readonly sinks: ConfigurationSpec["sinks"];
  readonly written: WrittenDeliveries;
  readonly proposals: readonly string[];
  readonly receivers: ReadonlyMap<string, TranslatedReceiver>;
}

/** A sink for a configuration that delivers nothing, and has no other. */
const NOTHING_SINK = { name: "nothing", type: "stdout", format: "json" };

function assemble(
  settings: Pick<ConfigurationSpec, "cluster" | "kubernetes" | "log">,
  { sinks: own, written, proposals, receivers }: Parts,
): Pick<Imported, "configuration" | "rules" | "remarks"> {
  const { rules } = written;
  const delivers = rules.length + written.forwards.length > 0;
  const ofRecords = [...receivers.values()].flatMap(({ sink, isRecord }) =>
    sink === undefined || !isRecord ? [] : [sink.name],
  );
  const sinks = delivers || ofRecords.length > 0 ? own : [...own, NOTHING_SINK];
  const forwards = delivers ? written.forwards : [nothingFor(ofRecords)];
  const alertSink = rules[0]?.entry.sinks?.[0];
  const configuration: ConfigurationSpec = {
    ...settings,
    rules: rules.length > 0 ? [RULES_FILE] : [],
    sinks: [...sinks],
    ...(alertSink === undefined ? {} : { route: { sinks: [alertSink] } }),
    ...(forwards.length > 0 ? { forward: forwards.map(({ entry }) => entry) } : {}),
  };
  const open = proposals.map((text) => ({ text }));
  return {
    configuration,
    rules: rules.length > 0 ? { rules: rules.map(({ entry }) => entry) } : undefined,
    remarks: {
      configuration: [
        ...(rules.length > 0 ? [] : open.map(({ text }) => ({ path: ["forward"], text }))),
        ...notes("forward", forwards),
        ...sinkRemarks(sinks, receivers),
      ],
      rules: [
        ...(rules.length > 0 ? open.map(({ text }) => ({ path: ["rules"], text })) : []),
        ...notes("rules", rules),
      ],
    },
  };
}

/** Stands where nothing was delivered, for a configuration needs something to do. */
function nothingFor(sinks: readonly string[]): Noted<ForwardSpec> {
  return {
    entry: { name: "nothing", when: "false", sinks: sinks.length === 0 ? [NOTHING_SINK.name] : [...sinks] },
    note: "The old configuration delivered nothing, and neither does this one.",
  };
}

function notes(key: string, entries: readonly Noted<unknown>[]): readonly Remark[] {
  return entries.flatMap(({ note }, index) => (note === "" ? [] : [{ path: [key, index], text: note }]));
}

function sinkRemarks(
  sinks: ConfigurationSpec["sinks"],
  receivers: ReadonlyMap<string, TranslatedReceiver>,
): readonly Remark[] {
  return [...receivers.values()].flatMap(({ sink, remarks }) => {
    const index = sink === undefined ? -1 : sinks.indexOf(sink);
    return remarks.map(({ path, text }) => ({ path: ["sinks", index, ...path], text }));
  });
}
