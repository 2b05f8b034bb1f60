import { type Status, Status as StatusSchema } from "../api/index.ts";
import { counted } from "../lib/counted.ts";
import type { Io } from "./io.ts";
import { paint } from "./print.ts";
import { programName } from "./program-name.ts";
import { findRemote } from "./remote.ts";

/** A story that was played to a running bridge. */
export interface PlayedStory {
  /** States of Events that were written. */
  readonly states: number;
  /** Of the bridge. */
  readonly address: string;
}

type Reasoned = Status["lastHour"]["notified"][number];

/** The sums of the story, as the API of the bridge gives them: what was sent, what was held back, and why. */
export async function demoSummary({ states, address }: PlayedStory, io: Io): Promise<string> {
  const remote = await findRemote({ server: address }, io);
  const answer = await remote?.get("status", {}, StatusSchema);
  if (answer?.ok !== true) return `${counted(states, "state")} of Events were written.\n`;
  const { sinks, lastHour } = answer.value;
  const { notified, suppressed } = lastHour;
  const messages = sum(notified, ({ decisions }) => decisions);
  const held = sum(suppressed, ({ occurrences }) => occurrences);
  const title = (text: string): string => paint("bold", text, io.colour.stdout);
  return [
    title(`Of ${counted(states, "state")} of Events, Tocsin made ${counted(messages, "message")}:`),
    ...mostFirst(notified, "decisions").map(({ decisions, why }) => row(decisions, why)),
    ...sinks.flatMap(({ sink, dead }) =>
      dead === 0 ? [] : [row(dead, `of them ${sink} refused; they are dead letters`)],
    ),
    ...(held === 0 ? [] : [title(`It held back ${counted(held, "occurrence")} that matched a rule:`)]),
    ...mostFirst(suppressed, "occurrences").map(({ occurrences, why }) => row(occurrences, why)),
    "",
  ].join("\n");
}

/** Commands that look into the bridge while it runs, and one that changes it. */
export function demoCommands(
  { address, token }: { readonly address: string; readonly token: string },
  { env }: Pick<Io, "env">,
): string {
  const tocsin = programName(env);
  return [
    ["what is open", `${tocsin} alerts --server ${address}`],
    ["why a message was sent, or held back", `${tocsin} decisions --server ${address}`],
    [
      "what would become of an Event now",
      `${tocsin} explain --server ${address} --type Normal --reason NodeNotReady --component node-controller --kind Node --name node-2`,
    ],
    [
      "hold alerts back for two hours of the story",
      `TOCSIN_TOKEN=${token} ${tocsin} silence add --server ${address} --match namespace=storefront --for 2h --comment trial`,
    ],
  ]
    .map(([what, command]) => `  # ${what}\n  ${command}\n`)
    .join("");
}

function mostFirst(rows: readonly Reasoned[], key: "decisions" | "occurrences"): readonly Reasoned[] {
  return rows.toSorted((a, b) => b[key] - a[key]);
}

function row(count: number, why: string): string {
  return `${String(count).padStart(5)}  ${why}`;
}

function sum(rows: readonly Reasoned[], count: (row: Reasoned) => number): number {
  return rows.reduce((total, each) => total + count(each), 0);
}
