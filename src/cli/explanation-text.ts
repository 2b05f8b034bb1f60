import type { Explanation } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import { oneLine } from "../lib/text.ts";
import { paint } from "./print.ts";

type ExplainedAlert = Explanation["alerts"][number];
type RuleExplanation = Explanation["rules"][number];
type ToCome = NonNullable<ExplainedAlert["open"]>["toCome"][number];
type Clause = RuleExplanation["clauses"][number];

/** Amount of detail, and colour. */
export interface TextOptions {
  /** Every clause of every rule, instead of only those of rules that matched or nearly did. */
  readonly all: boolean;
  readonly colour: boolean;
}

/** Formats an explanation for people: the event, the rules, the alerts, and one plain sentence at the end. */
export function explanationText(explanation: Explanation, options: TextOptions): string {
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
  const isNamed = kind !== "" || name !== "";
  const where = isNamed
    ? [kind, joined(namespace, name)].filter((part) => part !== "").join(" ")
    : `Event ${joined(event.namespace, event.name)}`;
  const inside = container === "" ? "" : ` (container ${container})`;
  const who = event.source.component === "" ? "" : `, from ${event.source.component}`;
  const title = `${event.type} ${event.reason}: ${where}${inside}${who}, count ${event.count}`;
  const lines = [paint("bold", oneLine(title), colour)];
  if (event.message !== "") lines.push(`  ${oneLine(event.message)}`);
  return lines.join("\n");
}

function joined(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

function rulesText(rules: readonly RuleExplanation[], options: TextOptions): readonly string[] {
  if (options.all) return rules.map((rule) => ruleText(rule, options));
  const matched = rules.filter((rule) => rule.matched);
  const near = rules.filter((rule) => rule.near).toSorted((a, b) => failedIn(a) - failedIn(b));
  const rest = rules.length - matched.length - near.length;
  return [
    ...matched.map((rule) => ruleText(rule, options)),
    ...near.map((rule) => ruleText({ ...rule, clauses: rule.clauses.filter(({ ok }) => !ok) }, options)),
    ...(rest === 0 ? [] : [`${counted(rest, matched.length + near.length > 0 ? "other rule" : "rule")}: no`]),
  ];
}

function failedIn({ clauses }: RuleExplanation): number {
  return clauses.filter(({ ok }) => !ok).length;
}

function ruleText(
  { rule, matched, clauses, otherAlternatives }: RuleExplanation,
  { colour }: TextOptions,
): string {
  const yes = paint("green", "yes", colour);
  const no = paint("yellow", "no", colour);
  return [
    `rule ${rule}: ${matched ? yes : no}`,
    ...clauses.map((clause) => `  ${clause.ok ? yes : `${no} `} ${clauseText(clause)}`),
    ...(otherAlternatives === 0 ? [] : [`  ${no}  ${othersText(otherAlternatives)}`]),
  ].join("\n");
}

function othersText(count: number): string {
  const fails = count === 1 ? "fails" : "fail";
  return `match: its ${count === 1 ? "other alternative" : `${count} other alternatives`} ${fails} as well`;
}

function clauseText({ path, expected, actual }: Clause): string {
  return `${path}: wants ${oneLine(expected)}, is ${actual === "" ? "empty" : oneLine(actual)}`;
}

function alertText(alert: ExplainedAlert, { colour }: TextOptions): string {
  const lines = [`alert of ${paint("bold", alert.rule, colour)}`];
  if (alert.fingerprint !== "") {
    lines.push(`  title        ${oneLine(alert.title)}`, `  severity     ${alert.severity}`);
    lines.push(`  labels       ${labelsText(alert.labels)}`, `  fingerprint  ${alert.fingerprint}`);
    if (alert.proof !== null)
      lines.push(`  proof        ${alert.proof}: a state of its objects that ends it`);
  }
  if (alert.sinks.length > 0) {
    lines.push(`  route        ${alert.route}`, `  group        ${oneLine(alert.groupKey)}`);
  }
  lines.push(`  sinks        ${alert.sinks.length === 0 ? "none" : alert.sinks.join(", ")}`);
  if (alert.open !== undefined) {
    lines.push(`  open         ${openText(alert.open)}`);
    for (const message of alert.open.toCome) lines.push(`  to come      ${oneLine(toComeText(message))}`);
    if (alert.open.stillOpen !== "") lines.push(`  still open   ${oneLine(alert.open.stillOpen)}`);
  }
  for (const { detail } of alert.heldBackBy) lines.push(`  held back by ${oneLine(detail)}`);
  return lines.join("\n");
}

/** `ops at 2026-06-01T10:00:40Z: groupWait of its route`; `ops: silence 3fa91c07`. */
function toComeText({ sink, at, why }: ToCome): string {
  const when = at === null ? "" : `${sink === null ? "" : " "}at ${at.replace(/\.\d+Z$/u, "Z")}`;
  const who = `${sink ?? ""}${when}`;
  return who === "" ? why : `${who}: ${why}`;
}

/** All that are not empty, for silences and routes: `namespace=shop workload=Deployment/web`. */
function labelsText(labels: ExplainedAlert["labels"]): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${oneLine(/\s/u.test(value) ? JSON.stringify(value) : value)}`)
    .join(" ");
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
