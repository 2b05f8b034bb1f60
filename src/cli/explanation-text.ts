import type { Explanation } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import { oneLine } from "../lib/text.ts";
import { paint } from "./print.ts";

type ExplainedAlert = Explanation["alerts"][number];
type RuleExplanation = Explanation["rules"][number];
type Clause = RuleExplanation["clauses"][number];

/** Amount of detail, and colour. */
export interface TextOptions {
  /** Every clause of every rule, instead of only those of rules that matched or nearly did. */
  readonly all: boolean;
  readonly colour: boolean;
}

/** Formats an explanation for people: the event, the rules, the alerts, and one plain sentence at the end. */
export function toText(explanation: Explanation, options: TextOptions): string {
  const { rules, alerts, forwards, notes, summary } = explanation;
  const blocks = [
    headline(explanation, options),
    ...rulesText(rules, options),
    ...alerts.map((alert) => alertText(alert, options)),
    ...forwards.map(({ forward, sinks }) => `forward ${forward}: to ${sinks.join(", ")}`),
    ...notes.map((note) => `note: ${note}`),
    paint("bold", summary, options.colour),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function headline({ event }: Explanation, { colour }: TextOptions): string {
  const { kind, namespace, name, container } = event.involvedObject;
  const where = [namespace, name].filter((part) => part !== "").join("/");
  const inside = container === "" ? "" : ` (container ${container})`;
  const who = event.source.component === "" ? "" : `, from ${event.source.component}`;
  const title = `${event.type} ${event.reason}: ${kind} ${where}${inside}${who}, count ${event.count}`;
  return `${paint("bold", oneLine(title), colour)}\n  ${oneLine(event.message)}`;
}

function rulesText(rules: readonly RuleExplanation[], options: TextOptions): readonly string[] {
  const matched = rules.filter((rule) => rule.matched);
  if (options.all) return rules.map((rule) => ruleText(rule, rule.clauses, options));
  const near = rules.flatMap((rule) => {
    const failing = rule.matched ? [] : missedBy(rule.clauses);
    return failing.length === 0 ? [] : [{ rule, failing }];
  });
  const rest = rules.length - matched.length - near.length;
  return [
    ...matched.map((rule) => ruleText(rule, rule.clauses, options)),
    ...near.map(({ rule, failing }) => ruleText(rule, failing, options)),
    ...(rest === 0 ? [] : [`${counted(rest, matched.length + near.length > 0 ? "other rule" : "rule")}: no`]),
  ];
}

function ruleText(
  { rule, matched }: RuleExplanation,
  clauses: readonly Clause[],
  { colour }: TextOptions,
): string {
  const verdict = matched ? paint("green", "yes", colour) : paint("yellow", "no", colour);
  return [`rule ${rule}: ${verdict}`, ...clauses.map((clause) => `  ${clauseText(clause, colour)}`)].join(
    "\n",
  );
}

function clauseText({ path, ok, expected, actual }: Clause, colour: boolean): string {
  const mark = ok ? paint("green", "yes", colour) : paint("yellow", "no ", colour);
  return `${mark} ${path}: wants ${oneLine(expected)}, is ${actual === "" ? "empty" : oneLine(actual)}`;
}

/** The clauses that kept a rule with the right reason from matching; empty when the rule is about something else. */
function missedBy(clauses: readonly Clause[]): readonly Clause[] {
  const alternatives = new Map<string, Clause[]>();
  const others: Clause[] = [];
  for (const clause of clauses) {
    const alternative = /^match(?:\[\d+\])?(?=\.|$)/u.exec(clause.path)?.[0];
    if (alternative === undefined) others.push(clause);
    else alternatives.set(alternative, [...(alternatives.get(alternative) ?? []), clause]);
  }
  const [closest] = [...alternatives.values()]
    .filter((list) => list.some(({ path, ok }) => ok && /\.reason(?:\.|$)/u.test(path)))
    .map((list) => list.filter(({ ok }) => !ok))
    .toSorted((a, b) => a.length - b.length);
  return closest === undefined ? [] : [...closest, ...others.filter(({ ok }) => !ok)];
}

function alertText(alert: ExplainedAlert, { colour }: TextOptions): string {
  const lines = [`alert of ${paint("bold", alert.rule, colour)}`];
  if (alert.fingerprint !== "") lines.push(`  fingerprint  ${alert.fingerprint}`);
  if (alert.sinks.length > 0) {
    lines.push(`  route        ${alert.route}`, `  group        ${oneLine(alert.groupKey)}`);
  }
  lines.push(`  sinks        ${alert.sinks.length === 0 ? "none" : alert.sinks.join(", ")}`);
  if (alert.open !== undefined) lines.push(`  open         ${openText(alert.open)}`);
  for (const { detail } of alert.heldBackBy) lines.push(`  held back by ${oneLine(detail)}`);
  return lines.join("\n");
}

function openText({
  phase,
  occurrences,
  since,
  sent,
  accepted,
}: NonNullable<ExplainedAlert["open"]>): string {
  const times = `${counted(occurrences, "occurrence")} since ${since.slice(0, 16)}Z`;
  const waiting = sent.filter((sink) => !accepted.includes(sink));
  const news = [
    ...(accepted.length === 0 ? [] : [`accepted by ${accepted.join(", ")}`]),
    ...(waiting.length === 0 ? [] : [`sent to ${waiting.join(", ")} and not accepted yet`]),
  ];
  return [phase, times, ...(news.length === 0 ? ["not sent yet"] : news)].join(", ");
}
