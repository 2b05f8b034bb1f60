import { RulePage, Status } from "../api/index.ts";
import { Severity } from "../lib/severity.ts";
import { unknownName } from "../lib/unknown-name.ts";
import type { Remote } from "./remote.ts";

/** Names of one page; a suggestion needs no more. */
const MOST_NAMES = 500;

/**
 * Why a question found nothing, when it names a rule or a sink that the bridge does not have: one sentence for each,
 * with the flag. A bridge that does not say leaves it open.
 */
export async function unknownNames(
  remote: Remote,
  { rule, sink }: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const found = [
    rule === undefined ? undefined : await unknownRule(remote, rule),
    sink === undefined ? undefined : await unknownSink(remote, sink),
  ];
  return found.filter((sentence) => sentence !== undefined);
}

/** Why a silence would match nothing: it names a severity or a rule that the bridge does not have. */
export async function impossibleMatch(
  remote: Remote,
  { severity, rule }: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  if (typeof severity === "string" && !Severity.safeParse(severity).success)
    return `--match severity: ${unknownName("severity", severity, Severity.options)}`;
  const sentence = typeof rule === "string" ? await unknownRule(remote, rule) : undefined;
  return sentence?.replace(/^--rule/u, "--match rule");
}

async function unknownRule(remote: Remote, rule: string): Promise<string | undefined> {
  const one = await remote.get("rules", { rule, limit: 1 }, RulePage);
  if (!one.ok || one.value.items.length > 0) return undefined;
  const all = await remote.get("rules", { limit: MOST_NAMES }, RulePage);
  if (!all.ok) return undefined;
  return `--rule: ${unknownName(
    "rule",
    rule,
    all.value.items.map(({ name }) => name),
  )}`;
}

async function unknownSink(remote: Remote, sink: string): Promise<string | undefined> {
  const status = await remote.get("status", {}, Status);
  if (!status.ok) return undefined;
  const names = status.value.sinks.map((each) => each.sink);
  return names.includes(sink) ? undefined : `--sink: ${unknownName("sink", sink, names)}`;
}
