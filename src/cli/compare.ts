import type { Configuration } from "../config/index.ts";
import {
  type ComparedReason,
  type ComparedReceiver,
  compareEvents,
  type Comparison,
  findConfiguration,
  IMPORT_TOOLS,
} from "../import/index.ts";
import { counted } from "../lib/counted.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { readEvents, replayRecording } from "../simulate/index.ts";
import { type ConfigOptions, loadOrComplain } from "./configured.ts";
import { noEventIn, openHeldEventText } from "./event-text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { printFindings, printJson, printSome } from "./print.ts";
import { readSources } from "./read-sources.ts";
import { toTable } from "./table.ts";

/** Options of the command. */
export interface CompareOptions extends ConfigOptions {
  /** The other tool. */
  readonly with: string;
  readonly json?: boolean;
}

/** Messages of alerts that a sink would have got. */
type Messages = ReadonlyMap<string, number>;

/**
 * Compares for recorded Events what another tool would have sent with what the configuration here sends. 0 also when
 * they differ.
 *
 * @param old The file with the configuration of the tool. @param file The recording.
 */
export async function compare(
  old: string,
  file: string,
  options: CompareOptions,
  io: Io,
): Promise<ExitStatus> {
  const { texts, findings: unread } = await readSources([old], io);
  const found = findConfiguration(texts, options.with, IMPORT_TOOLS);
  const faults = unread.length > 0 ? unread : found.findings;
  if (found.tool === undefined || faults.length > 0) {
    printFindings(faults, io);
    return 2;
  }
  const reenactment = found.tool.reenact?.(found.mapping);
  if (reenactment === undefined) {
    printFindings([errorIn("", `${found.tool.name} cannot be compared: it is imported alone`)], io);
    return 2;
  }
  const configuration = await loadOrComplain(options, io);
  if (configuration === undefined) return 2;
  const findings: Finding[] = [];
  const chunks: string[] = [];
  for await (const chunk of openHeldEventText(file, io).chunks) chunks.push(chunk);
  const recording = { file, chunks: inOrder(chunks) };
  const states = await readEvents(recording, (finding) => findings.push(finding));
  printSome(findings, io);
  if (states.length === 0) {
    io.stderr(`${noEventIn(file)}\n`);
    return 1;
  }
  const comparison = compareEvents(states, reenactment, configuration.policy);
  const messages = await messagesOf(configuration, { file, chunks });
  if (options.json === true)
    printJson({ tool: found.tool.name, ...comparison, messages: Object.fromEntries(messages) }, io);
  else io.stdout(toText(comparison, messages, { tool: found.tool.name, colour: io.colour.stdout }));
  return 0;
}

async function* inOrder(chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}

/** How many messages each sink for alerts would have got, by the whole engine in virtual time. */
async function messagesOf(
  { policy, process: { kubernetes } }: Configuration,
  { file, chunks }: { readonly file: string; readonly chunks: readonly string[] },
): Promise<Messages> {
  const { messages } = await replayRecording({
    file,
    chunks: inOrder(chunks),
    policy,
    learnsOwners: kubernetes.enrich !== "off",
    eventTtlMs: kubernetes.eventTtl,
    onFinding: () => undefined,
  });
  const counts = new Map<string, number>();
  for (const { notification } of messages)
    counts.set(notification.sink, (counts.get(notification.sink) ?? 0) + 1);
  return counts;
}

function toText(
  { states, receivers, differences }: Comparison,
  messages: Messages,
  { tool, colour }: { readonly tool: string; readonly colour: boolean },
): string {
  const number = (count: number): string => String(count);
  const table = toTable<ComparedReceiver>(
    [
      { title: "receiver", cell: ({ receiver }) => receiver },
      { title: tool, cell: ({ there }) => number(there) },
      { title: "here", cell: ({ here }) => number(here) },
      { title: "only there", cell: ({ onlyThere }) => number(onlyThere) },
      { title: "only here", cell: ({ onlyHere }) => number(onlyHere) },
      { title: "messages of alerts here", cell: ({ receiver }) => number(messages.get(receiver) ?? 0) },
    ],
    receivers,
    colour,
  );
  const head = `${counted(states, "state")} of Events\n\n${table}`;
  if (differences.length === 0) return `${head}\nno difference\n`;
  const reasons = toTable<ComparedReason>(
    [
      { title: "receiver", cell: ({ receiver }) => receiver },
      { title: "only there", cell: ({ onlyThere }) => number(onlyThere) },
      { title: "only here", cell: ({ onlyHere }) => number(onlyHere) },
      { title: "first Event", cell: ({ example }) => example },
      { title: "reason", cell: ({ reason }) => reason },
    ],
    differences,
    colour,
  );
  return `${head}\n${reasons}`;
}
