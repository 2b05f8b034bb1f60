import type { Configuration } from "../config/index.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import { cleanText } from "../lib/text.ts";
import { unknownName } from "../lib/unknown-name.ts";
import type { CompiledRule } from "../rule/index.ts";
import { readEvents, type Rendered, renderRule } from "../simulate/index.ts";
import { previewOf } from "../sink/index.ts";
import { type ConfigOptions, loadOrComplain } from "./configured.ts";
import { noEventIn, openHeldEventText } from "./event-text.ts";
import type { ExitStatus, Io } from "./io.ts";
import { hasError, paint, printJson, printSome } from "./print.ts";

/** Options of the command. */
export interface RenderOptions extends ConfigOptions {
  readonly json?: boolean;
  /** A file of Events, or - for standard input; without it a sample is made. */
  readonly events?: string;
}

/** Shows the first message of a rule as each sink would get it. 0 also when there is none. */
export async function render(name: string, options: RenderOptions, io: Io): Promise<ExitStatus> {
  const configuration = await loadOrComplain(
    { ...options, builtinWithoutFile: true, nameCluster: () => "my-cluster" },
    io,
  );
  if (configuration === undefined) return 2;
  const rule = findRule(name, configuration);
  const findings: Finding[] = [];
  const events =
    options.events === undefined
      ? undefined
      : await readEvents(openHeldEventText(options.events, io), (finding) => findings.push(finding));
  printSome(findings, io);
  if (events?.length === 0) {
    io.stderr(`${noEventIn(options.events ?? "-")}\n`);
    return 1;
  }
  const rendered = await renderRule({
    rule,
    policy: configuration.policy,
    events,
    learnsOwners: configuration.process.kubernetes.enrich !== "off",
  });
  for (const fault of rendered.faults) io.stderr(`${cleanText(fault)}\n`);
  const previews = previewsOf(rendered, configuration, io);
  if (options.json === true) printJson({ rule: name, messages: previews }, io);
  else io.stdout(toText(name, previews, { rendered, isSample: options.events === undefined, io }));
  return hasError(findings) ? 1 : 0;
}

interface Preview {
  readonly sink: string;
  readonly type: string;
  /** The message as the sink would send it. */
  readonly message: string;
}

function previewsOf({ messages }: Rendered, { sinks }: Configuration, io: Io): readonly Preview[] {
  return messages.flatMap(({ at, notification }): readonly Preview[] => {
    const sink = sinks.find((candidate) => candidate.name === notification.sink);
    if (sink === undefined) return [];
    const message = previewOf(sink, notification, {
      now: at,
      colour: io.colour.stdout,
      onFailure: (option, error) =>
        io.stderr(`${option} of ${sink.name} failed, the built-in one is shown: ${errorText(error)}\n`),
    });
    return [{ sink: sink.name, type: sink.type.type, message }];
  });
}

function toText(
  rule: string,
  previews: readonly Preview[],
  { rendered, isSample, io }: { readonly rendered: Rendered; readonly isSample: boolean; readonly io: Io },
): string {
  if (previews.length === 0) {
    const reasons = [...rendered.suppressed.keys()].map((reason) => reason.replaceAll("_", " "));
    const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
    const hint = isSample ? "see its sinks and routes" : "tocsin explain says why for each event";
    return `No sink gets a message of ${rule}${why}: ${hint}.\n`;
  }
  const parts = previews.map(({ sink, type, message }) => {
    const title = paint("bold", `${sink} (${type})`, io.colour.stdout);
    return `${title}\n\n${message.trimEnd()}\n`;
  });
  return parts.join(`\n${"─".repeat(40)}\n\n`);
}

function findRule(
  name: string,
  {
    policy: {
      rules: { byName },
    },
  }: Configuration,
): CompiledRule {
  const found = byName.get(name);
  if (found !== undefined) return found;
  throw new TocsinError("ERR_USAGE", unknownName("rule", name, byName.keys()));
}
