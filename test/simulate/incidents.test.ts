import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Configuration } from "../../src/config/index.ts";
import type { Finding } from "../../src/lib/finding.ts";
import { type Replayed, replayRecording, type SimulatedMessage } from "../../src/simulate/index.ts";
import { wholeText } from "../../src/simulate/recording.ts";
import { loadBuiltinConfiguration } from "../support/builtin-configuration.ts";
import { incidentRecording } from "../support/incident-recording.ts";
import { INCIDENTS } from "./incidents.ts";

const RECORDINGS = new URL("../fixtures/recordings/", import.meta.url);
const NAMES = Object.keys(INCIDENTS);

const Verdict = z.strictObject({
  /** A pattern that some title has to fit. */
  must: z.string().optional(),
  none: z.boolean().optional(),
  /** Most messages. */
  max: z.int(),
  /** A time of the day; from then on the cluster was well. */
  repairedAt: z.string().optional(),
  /** Seconds from the repair to the last end. */
  endWithin: z.int().optional(),
});

const VERDICTS = z.record(z.string(), Verdict).parse(JSON.parse(read("repairs.json")));

let configuration: Configuration;
beforeAll(async () => {
  configuration = await loadBuiltinConfiguration();
});

async function replay(name: string): Promise<Replayed> {
  const findings: Finding[] = [];
  const replayed = await replayRecording({
    file: `${name}.jsonl`,
    chunks: wholeText(incidentRecording(name, INCIDENTS[name] ?? {})),
    policy: configuration.policy,
    learnsOwners: true,
    eventTtlMs: 3_600_000,
    onFinding: (finding) => findings.push(finding),
  });
  expect(findings).toEqual([]);
  expect([...replayed.faults]).toEqual([]);
  return replayed;
}

/** Everything that a person is told, with the times that the message claims. */
function toText({ at, notification }: SimulatedMessage): string {
  const { kind, trigger, severity, title, alerts } = notification;
  const rows = alerts.map(({ status, labels, startsAt, endsAt, resolvedBy, occurrences }) => {
    const end = endsAt === null ? "" : `, ended ${clock(endsAt)} by ${JSON.stringify(resolvedBy)}`;
    return `    ${status} ${labels["namespace"]} ${labels["workload"]} since ${clock(startsAt)}${end}, ${occurrences} times`;
  });
  return [`${clock(at)} ${kind}/${trigger} ${severity}: ${title}`, ...rows].join("\n");
}

/** The things that are wrong with the messages of an incident. */
function wrongIn(name: string, { messages, firing }: Replayed): readonly string[] {
  const { must, none = false, max, repairedAt, endWithin = 0 } = VERDICTS[name] ?? { max: 0 };
  const wrong: string[] = [];
  const titles = messages.map(({ notification }) => notification.title);
  if (none && messages.length > 0) wrong.push("something was told");
  if (messages.length > max) wrong.push(`${messages.length} messages, at most ${max} are right`);
  if (must !== undefined && !titles.some((title) => new RegExp(must, "iu").test(title)))
    wrong.push(`no title fits ${must}`);
  if (repairedAt === undefined) return wrong;
  const repaired = Date.parse(`2026-11-30T${repairedAt}`);
  const late = messages.filter(
    ({ at, notification }) => notification.kind === "resolved" && at > repaired + endWithin * 1000,
  );
  if (late.length > 0) wrong.push(`${late.length} ends more than ${endWithin} s after the repair`);
  const after = messages.filter(({ at, notification }) => notification.kind !== "resolved" && at > repaired);
  if (after.length > 0) wrong.push(`${after.length} troubles told after the repair`);
  if (firing.length > 0) wrong.push(`${firing.length} alerts fire for ever`);
  return wrong;
}

function clock(at: number | string): string {
  return new Date(at).toISOString().slice(11, 19);
}

function read(file: string): string {
  return readFileSync(new URL(file, RECORDINGS), "utf8");
}

/**
 * Incidents of a genuine cluster with their repair, and the states of their objects. Read the texts when they change:
 * each message has to be true when it is sent. `npx vitest run --project unit test/simulate -u` writes them anew.
 */
describe("a recorded incident with the states of its objects", () => {
  const verdicts = new Map<string, readonly string[]>();

  it.each(NAMES)("%s", async (name) => {
    const replayed = await replay(name);
    verdicts.set(name, wrongIn(name, replayed));
    const still = replayed.firing.map(({ rule, labels }) => `still firing: ${rule} ${labels["workload"]}`);
    const text = [...replayed.messages.map(toText), ...still, ""].join("\n");
    await expect(text).toMatchFileSnapshot(`incidents/${name}.txt`);
  });

  it("is told right, or it is written down what is wrong", async () => {
    const lines = NAMES.map((name) => `${name}: ${(verdicts.get(name) ?? []).join("; ") || "right"}\n`);
    await expect(lines.join("")).toMatchFileSnapshot("incidents/verdicts.txt");
  });
});
