import type { ConfigurationSpec, RuleFileSpec } from "../../config/index.ts";
import { RULES_FILE } from "../imported-files.ts";
import { NOTHING_DELIVERED } from "../nothing-delivered.ts";
import type { ReportLine } from "../report.ts";
import { SecretsToFill } from "../secrets-to-fill.ts";
import type { SourceMapping } from "../source-document.ts";
import type { Imported, ImportOptions } from "../tool.ts";
import { UnusedNames } from "../unused-names.ts";
import { variablesIn } from "../variables.ts";
import type { SayOfSink } from "./say-of-sink.ts";
import { type SinkArgument, sinkArguments } from "./sink-argument.ts";
import { sinkLines } from "./sink-lines.ts";
import { sinkMatch } from "./sink-match.ts";
import { sinkOf, type TranslatedSink } from "./sink-of.ts";

type RuleSpec = NonNullable<RuleFileSpec["rules"]>[number];
type ForwardSpec = NonNullable<ConfigurationSpec["forward"]>[number];

/** Translates the command line of kube-eventer: one sink, and one rule or forward, for each `--sink`. */
export function translate(found: SourceMapping, options: ImportOptions): Imported {
  const lines: ReportLine[] = [];
  const secrets = new SecretsToFill();
  const names = new UnusedNames();
  const sinkArgs = sinkArguments(found.value);
  const written: Written = { sinks: [], rules: [], forwards: [], proposals: [] };
  for (const argument of sinkArgs) {
    const name = names.take(argument.kind);
    const say: SayOfSink = (code, { did, written: now, decide = "" }) => {
      lines.push({ code, place: found.placeOf(argument.path), path: name, did, written: now, decide });
    };
    sinkLines(argument, say);
    write(argument, sinkOf(argument, { name, secrets, say }), { name, say, written });
  }
  sayUpdates(lines, found);
  const cluster = clusterOf(sinkArgs, options);
  if (cluster === undefined)
    lines.push({
      code: "cluster",
      place: found.placeOf([]),
      path: "label",
      did: "it had no name for the cluster",
      written: "cluster: imported",
      decide: "name the cluster: the name stands in every alert (--cluster NAME writes it)",
    });
  const { sinks, rules, forwards, proposals } = written;
  const count = rules.length + forwards.length;
  const alertSink = rules[0]?.sinks?.[0];
  return {
    configuration: {
      cluster: cluster ?? "imported",
      kubernetes: { startFrom: "now" },
      rules: rules.length > 0 ? [RULES_FILE] : [],
      sinks,
      ...(alertSink === undefined ? {} : { route: { sinks: [alertSink] } }),
      ...(forwards.length === 0 ? {} : { forward: forwards }),
      ...(count === 0 ? NOTHING_DELIVERED : {}),
    },
    rules: rules.length > 0 ? { rules } : undefined,
    remarks: {
      configuration: rules.length > 0 ? [] : proposals.map((text) => ({ path: ["forward"], text })),
      rules: rules.length > 0 ? proposals.map((text) => ({ path: ["rules"], text })) : [],
    },
    lines,
    secrets: secrets.all(),
    receivers: {
      found: sinkArgs.length,
      written: sinks.length,
      withoutEqual: sinkArgs.length - sinks.length,
      unused: 0,
    },
    deliveries: { found: sinkArgs.length, written: count, never: sinks.length - count },
    templates: { found: 0, translated: 0 },
  };
}

interface Written {
  readonly sinks: ConfigurationSpec["sinks"];
  readonly rules: RuleSpec[];
  readonly forwards: ForwardSpec[];
  readonly proposals: string[];
}

function write(
  argument: SinkArgument,
  translated: TranslatedSink | undefined,
  { name, say, written }: { readonly name: string; readonly say: SayOfSink; readonly written: Written },
): void {
  const found = sinkMatch(argument);
  if (translated === undefined) {
    written.proposals.push(`${argument.kind} has no equal; it got ${JSON.stringify(found.match ?? {})}`);
    return;
  }
  written.sinks.push(translated.sink);
  if (found.match === undefined) {
    say("never-matched", {
      did: "none of its reasons is an expression that compiles, so nothing ever passed",
      written: "nothing",
      decide: "correct the reasons",
    });
    return;
  }
  // Only fields that a match has were put into it.
  const match = found.match as RuleSpec["match"];
  const isAll = Object.keys(found.match).length === 0;
  if (translated.isRecord) written.forwards.push({ name, ...(isAll ? {} : { match }), sinks: [name] });
  else written.rules.push({ name, match, sinks: [name] });
}

function sayUpdates(lines: ReportLine[], found: SourceMapping): void {
  lines.push({
    code: "updates-sent",
    place: found.placeOf([]),
    path: "always",
    did: "it sent every change of an Event again, so that an Event that repeats 50 times was 50 messages",
    written:
      "a rule groups repeats into one alert, which has an end; a forward sends each further occurrence",
    decide: "",
  });
}

/** `label` names the cluster in messages. */
function clusterOf(sinks: readonly SinkArgument[], { cluster }: ImportOptions): string | undefined {
  const label = sinks.map(({ options }) => options.get("label") ?? "").find((text) => text !== "");
  return label === undefined || variablesIn(label).length > 0 ? cluster : label;
}
