import type { Notification } from "../../alert/index.ts";
import type { DeadLetter, Queries } from "../../store/index.ts";

/** Put behind the words of a message that is sent again after all its alerts have ended. */
export const OVER_NOTE = "Sent again by a person: by then all of it was over.";

/** The ids of letters that tell of alerts none of which fires any more. Messages about Tocsin itself are none of them. */
export async function overLetters(
  letters: readonly Pick<DeadLetter, "id" | "kind" | "body">[],
  queries: Pick<Queries, "alerts">,
): Promise<readonly string[]> {
  const about = letters.flatMap((letter) => {
    const fingerprints = letter.kind === "record" ? [] : firingIn(letter.body);
    return fingerprints.length === 0 ? [] : [{ id: letter.id, fingerprints }];
  });
  const fingerprints = [...new Set(about.flatMap((letter) => letter.fingerprints))];
  const known = await firingOf(fingerprints, queries);
  return about.flatMap((letter) => (letter.fingerprints.some((one) => known.has(one)) ? [] : [letter.id]));
}

/** The alerts of a message that fired when it was made. */
function firingIn(body: string): readonly string[] {
  // This program wrote it.
  const { alerts, test, trigger } = JSON.parse(body) as Notification;
  if (test || trigger === "self") return [];
  return alerts.flatMap(({ status, fingerprint }) => (status === "firing" ? [fingerprint] : []));
}

/** Those of the alerts that fire now. */
async function firingOf(
  fingerprints: readonly string[],
  queries: Pick<Queries, "alerts">,
): Promise<ReadonlySet<string>> {
  const firing = new Set<string>();
  for (let at = 0; at < fingerprints.length; at += AT_ONCE) {
    const some = fingerprints.slice(at, at + AT_ONCE);
    const { rows } = await queries.alerts({ phases: ["firing"], fingerprints: some, limit: some.length });
    for (const { fingerprint } of rows) firing.add(fingerprint);
  }
  return firing;
}

/** Alerts of one question. */
const AT_ONCE = 500;
