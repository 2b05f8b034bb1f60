import { dotted } from "../../lib/yaml-file.ts";
import { variablesIn } from "../variables.ts";
import type { MatchOptions } from "./conditions.ts";
import type { Delivery } from "./deliveries.ts";
import {
  type ExporterConfiguration,
  type ExporterRoute,
  type ExporterRule,
  RULE_FIELDS,
} from "./exporter-configuration.ts";
import { matchesPattern, rulePattern } from "./rule-pattern.ts";
import type { Say } from "./say.ts";
import { tidyPattern } from "./tidy-pattern.ts";
import { widerKinds, widerReasons } from "./wider-kinds.ts";

/** Says what the routes of a configuration do that nobody would expect of them. */
export function routeLines(
  { route, receivers, faults }: ExporterConfiguration,
  deliveries: readonly Delivery[],
  { say, match }: { readonly say: Say; readonly match: MatchOptions },
): void {
  for (const each of routesOf(route)) {
    strayLines(each, say);
    for (const rule of each.match) ruleLines(rule, say, match);
    for (const rule of each.drop) {
      ruleLines(rule, say, match);
      dropLine(rule, say);
    }
  }
  for (const { code, path, message, meant } of faults) {
    if (code === "parse-error")
      say(code, path, {
        did: `it does not start: ${message}`,
        written: "it is read as it was meant",
        ...shownPath(path, receivers),
      });
    else unknownKey(path, meant, receivers, say);
  }
  const names = new Set(receivers.map(({ name }) => name));
  const byReceiver = Map.groupBy(deliveries, ({ receiver }) => receiver);
  for (const [name, [first, ...more]] of byReceiver) {
    if (first !== undefined && !names.has(name))
      say("unknown-receiver", first.path, {
        did: `there is no receiver ${name}, and it waited for one for ever`,
        written: "nothing",
        decide: "correct the name",
      });
    if (first !== undefined && more.length > 0)
      say("may-repeat", first.path, {
        did: `an Event that fits several of its routes was sent to ${name} several times`,
        written: "each route is a rule or forward of its own, so that it still is",
        decide: "make one of them, with a list as match",
        shown: `${name}: ${more.length + 1} routes`,
      });
  }
  for (const { name, path } of receivers)
    if (!byReceiver.has(name))
      say("unused-receiver", path, {
        did: "no route sent to it",
        written: "nothing",
        decide: "leave it out, or route to it",
        shown: name,
      });
  if (deliveries.length === 0)
    say("delivers-nothing", ["route"], {
      did: "it delivered nothing at all",
      written: "a forward that never matches, so that the configuration can be loaded",
      decide: "take the proposals beside it",
      shown: "the whole configuration",
    });
}

/** Every route of a tree, from the top. */
export function routesOf(route: ExporterRoute): readonly ExporterRoute[] {
  return [route, ...route.routes.flatMap(routesOf)];
}

function strayLines({ path, match, drop, routes, stray }: ExporterRoute, say: Say): void {
  for (const { key } of stray)
    say("receiver-outside", [...path, key], {
      did: `${key} beside match is not read, so nothing is delivered by it`,
      written: "nothing; a proposal stands as a comment",
      decide: "take the proposal, in which the receiver stands in the match entry",
    });
  if (routes.length === 0)
    for (const { receiver, path: entry } of match)
      if (receiver === "")
        say("delivers-nothing", entry, {
          did: "the entry names no receiver, and no route stands below it",
          written: "nothing",
          decide: "name the receiver in the entry",
        });
  if (drop.length > 0 && match.length === 0 && routes.length === 0)
    say("drop-alone", path, {
      did: "a route with nothing but drop has no effect on the others",
      written: "nothing",
      decide: `move its drop into the route that it was meant for${path.length === 1 ? "" : ", or to the top"}`,
    });
}

function ruleLines(
  { path, fields, labels, annotations, minCount }: ExporterRule,
  say: Say,
  match: MatchOptions,
): void {
  const texts = [
    ...fields,
    ...[...labels].map(([key, text]) => [`labels.${key}`, text] as const),
    ...[...annotations].map(([key, text]) => [`annotations.${key}`, text] as const),
  ];
  for (const [key, text] of texts)
    patternLines({ path: [...path, ...key.split(".", 1)], key, text, rule: path, isTidy: match.tidy }, say);
  if (minCount > 0)
    say("min-count", path, {
      did: "the count is that of the first state alone, so a count above 1 hardly ever came; newer Events had 0",
      written:
        minCount === 1 ? "nothing: every Event has a count of 1 or more here" : `count: { gte: ${minCount} }`,
      decide:
        minCount === 1 ? "" : `in a rule, threshold: { count: ${minCount}, within: 1h } waits for repeats`,
    });
  if (fields.has("component"))
    say("component-new-style", path, {
      did: "it read source.component alone, which Events of the newer API do not have",
      written:
        "source.component, which is also reportingController: Events of today's scheduler match as well",
    });
  if (labels.size > 0 || annotations.size > 0)
    say("labels-looked-up", path, {
      did: "it looked the object up for each Event",
      written: match.looksUp
        ? "involvedObject.labels and annotations, looked up and kept for five minutes (docs/rules.md#matching)"
        : "nothing of the entry: omitLookup was true, so it never held",
      decide: labels.has("reason") ? "reason is a field of its own: was that meant?" : "",
    });
}

interface PatternAt {
  readonly path: ExporterRule["path"];
  /** `namespace`, `labels.app`. */
  readonly key: string;
  readonly text: string;
  readonly rule: ExporterRule["path"];
  /** Whether lists of words are written as lists. */
  readonly isTidy: boolean;
}

function patternLines({ path, key, text, rule, isTidy }: PatternAt, say: Say): void {
  const shown = `${dotted(rule)}.${key}`;
  const [variable] = variablesIn(text);
  if (variable !== undefined) {
    say("env", path, {
      did: `the expression had the value of $${variable}`,
      written: "nothing: an expression cannot be a variable here",
      decide: "write the value where the proposal stands",
      shown,
    });
    return;
  }
  const { spec, fault } = rulePattern(key === "type" ? "type" : undefined, text);
  if (spec === undefined) {
    say("regex-invalid", path, {
      did: `${JSON.stringify(text)} does not compile, so the entry never matched: ${fault}`,
      written: "nothing of the entry",
      decide: `${JSON.stringify(text)} as a glob is { like: ${JSON.stringify(text)} }`,
      shown,
    });
    return;
  }
  if (isLikeGlob(text))
    say("glob-like", path, {
      did: `${text} is an expression: the star repeats the letter before it, so ${text.replaceAll("*", "").replace(/-$/u, "")} is enough`,
      written: "the expression, unchanged",
      decide: `{ like: ${JSON.stringify(text)} } if a glob was meant`,
      shown: `${shown} ${text}`,
    });
  const wider =
    key === "kind" ? widerKinds(text, spec) : key === "reason" && isTidy ? widerReasons(text, spec) : [];
  if (wider.length === 0) return;
  const words = text.split("|").map((word) => word.replaceAll(/^\^|\$$/gu, ""));
  const isList =
    isTidy && RULE_FIELDS.some((field) => field === key && tidyPattern(field, text) !== undefined);
  say("regex-wider", path, {
    did: `the expression is found anywhere in the ${key}, so it matches ${wider.join(" and ")} as well`,
    written: isList
      ? `the list [${words.join(", ")}], which loses ${wider.join(" and ")}`
      : "the expression, unchanged",
    decide: isList
      ? "add those that you want to keep"
      : `a list, [${words.join(", ")}], if these alone were meant`,
    shown: `${shown} also ${wider.join(", ")}`,
  });
}

/** `shop-*`: a letter, a digit or a dash before a star, and nothing else of an expression. */
export function isLikeGlob(text: string): boolean {
  return /[\w-]\*/u.test(text) && !/[\\.+?()|[\]{}^$]/u.test(text);
}

function dropLine({ path, fields, labels, annotations, minCount }: ExporterRule, say: Say): void {
  const type = fields.get("type");
  if (type === undefined || fields.size > 1 || labels.size + annotations.size > 0 || minCount > 1) return;
  const { spec } = rulePattern("type", type);
  if (spec === undefined || !matchesPattern(spec, "Normal")) return;
  say("drop-normal", path, {
    did: "it left out Events of type Normal",
    written: "the same, as except",
    decide:
      "NodeNotReady, a BackOff of an image pull and most recoveries are Normal: leave out reasons in place of the type",
  });
}

/** Paths inside of receivers begin with the name: `chat.fields`. */
function shownPath(
  path: ExporterRule["path"],
  receivers: ExporterConfiguration["receivers"],
): { readonly shown?: string } {
  const receiver = receivers.find(({ path: [root, index] }) => path[0] === root && path[1] === index);
  return receiver === undefined || path.length < 4
    ? {}
    : { shown: dotted([receiver.name, ...path.slice(3)]) };
}

function unknownKey(
  path: ExporterRule["path"],
  meant: string | undefined,
  receivers: ExporterConfiguration["receivers"],
  say: Say,
): void {
  const receiver =
    path[0] === "receivers" ? receivers.find(({ path: [, index] }) => index === path[1]) : undefined;
  const key = String(path.at(-1));
  say("unknown-key", path, {
    did: `it does not know ${key}, and read over it`,
    written: "nothing",
    decide: meant === undefined ? "leave it out" : `${meant} is probably meant`,
    ...(receiver === undefined ? {} : { shown: [`receivers[${receiver.name}]`, ...path.slice(2)].join(".") }),
  });
}
