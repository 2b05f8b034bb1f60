import { type Alert, AlertPage } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import { until } from "./look.ts";
import type { Remote } from "./remote.ts";

/** Alerts that are looked at; the newest come first, and those wait. */
const MOST_ALERTS = 500;

type ToCome = Alert["toCome"][number];

/**
 * One sentence about messages that are not made yet, so that nobody looks for them among those that are; undefined when
 * there is none, or nobody says.
 *
 * @param fingerprint Of the only alert that counts; undefined for all.
 */
export async function messagesToCome(
  remote: Remote,
  { sink, ...filters }: Readonly<Record<"rule" | "namespace" | "sink", string | undefined>>,
  fingerprint?: string,
): Promise<string | undefined> {
  const answer = await remote.get(
    "alerts",
    { ...filters, sink, phase: "open", limit: MOST_ALERTS },
    AlertPage,
  );
  if (!answer.ok) return undefined;
  const { at, items } = answer.value;
  const due = items
    .filter((alert) => fingerprint === undefined || alert.fingerprint === fingerprint)
    .flatMap(({ toCome }) => toCome)
    .filter((message) => isDue(message) && (sink === undefined || message.sink === sink))
    .toSorted((a, b) => (String(a.at) < String(b.at) ? -1 : 1));
  const [next] = due;
  if (next?.at === undefined || next.at === null) return undefined;
  const groups = new Set(due.map((message) => `${message.sink} ${message.group}`));
  const first = `${groups.size === 1 ? "" : "the first "}to ${next.sink} ${until(Date.parse(at), next.at)} (${next.why})`;
  return `not made yet: ${counted(groups.size, "message")}, ${first}`;
}

/** Whether a message comes at a known time; those of alerts that do not fire, and that a hold keeps back, need not come. */
function isDue({ sink, at, for: waitsFor }: ToCome): boolean {
  return sink !== null && at !== null && !["inhibition", "silence", "mute"].includes(waitsFor);
}
