import type { AlertRow } from "./alert-row.ts";
import { fromNowText } from "./spans.ts";

/** What became of an alert at one sink, or before all of them. */
export interface SinkMark {
  /** Empty for what holds before any sink: the rule. */
  readonly sink: string;
  readonly state: AlertRow["sinks"][number]["state"];
  /** The state in a few words: `✓`, `silenced`, `in 20 s`. */
  readonly short: string;
  /** The whole sentence. */
  readonly why: string;
}

type Reason = AlertRow["heldBack"][number];

const HOLDS: Readonly<Record<Reason["by"], string>> = {
  silence: "silenced",
  inhibition: "held by its cause",
  mute: "muted",
  digest: "in a digest",
  groupWait: "soon",
  sink: "not for it",
  rule: "not yet",
};

/** What became of an alert at each of its sinks, in the order of its routes. @param now Epoch milliseconds. */
export function sinkMarks(
  { sinks, heldBack }: Pick<AlertRow, "sinks" | "heldBack">,
  now: number,
): readonly SinkMark[] {
  const byRule = heldBack.find(({ by }) => by === "rule");
  if (sinks.length === 0 && byRule !== undefined) {
    const due = byRule.until === null ? "" : `, ${dueText(Date.parse(byRule.until), now)}`;
    const short = HOLDS.rule + due;
    return [{ sink: "", state: "none", short, why: `nobody is notified yet: ${byRule.what}` }];
  }
  return sinks.map(({ sink, state, at, newest }) => {
    const reason = heldBack.find((each) => each.sinks.includes(sink));
    const said = newest === null ? WHY[state] : `${WHY[state]}, but ${NEWEST[newest]}`;
    const why = reason === undefined ? said : `${said}: ${reason.what}`;
    const short = shortOf(state, reason, at === null ? undefined : Date.parse(at), now);
    return {
      sink,
      state,
      short: newest === null ? short : `${short} ${newest === "dead" ? "✗" : "…"}`,
      why: `${sink} ${why}`,
    };
  });
}

/** What became of a newer message than the one that was accepted. */
export const NEWEST: Readonly<Record<"waiting" | "dead", string>> = {
  waiting: "the newest message waits",
  dead: "the newest message was given up",
};

const WHY: Readonly<Record<SinkMark["state"], string>> = {
  told: "was notified",
  waiting: "is to be notified",
  dead: "was not notified",
  held: "is not notified",
  none: "was not notified",
};

function shortOf(
  state: SinkMark["state"],
  reason: Reason | undefined,
  at: number | undefined,
  now: number,
): string {
  switch (state) {
    case "told":
      return "✓";
    case "dead":
      return "✗ gave up";
    case "none":
      return "–";
    case "held":
      return (
        (reason === undefined ? "held" : holdText(reason)) + (at === undefined ? "" : `, ${dueText(at, now)}`)
      );
    case "waiting":
      if (reason?.by === "sink") return "fails";
      return at === undefined ? "…" : dueText(at, now);
  }
}

/** `silenced`, `held by Node node-3`. */
function holdText({ by, cause }: Reason): string {
  return cause === null || cause.workload === "" ? HOLDS[by] : `held by ${cause.workload.replace("/", " ")}`;
}

function dueText(at: number, now: number): string {
  return at <= now ? "soon" : fromNowText(at, now);
}
