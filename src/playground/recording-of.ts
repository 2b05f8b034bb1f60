import type { EventRing } from "../ring/index.ts";

/** Lines in one text of a recording. */
const LINES = 500;

/** The newest Events of a ring as a recording, oldest first, and whether there were more. @param since Epoch milliseconds. */
export async function recordingOf(
  ring: Pick<EventRing, "lines">,
  { since, most }: { readonly since: number; readonly most: number },
): Promise<{ readonly events: readonly string[]; readonly cut: boolean }> {
  const { lines, more } = await ring.lines({ since, most });
  const events: string[] = [];
  for (let from = 0; from < lines.length; from += LINES) {
    const some = lines.slice(from, from + LINES);
    // Each line of the ring is an object of JSON, to which this adds a key.
    events.push(
      some.map(({ at, text }) => `{"receivedAt":"${new Date(at).toISOString()}",${text.slice(1)}\n`).join(""),
    );
  }
  return { events, cut: more };
}
