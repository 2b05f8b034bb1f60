import { Argument, Command, InvalidArgumentError, Option } from "commander";

import { ownVersion } from "../lib/own-version.ts";
import type { AlertsOptions } from "./alerts.ts";
import type { CheckOptions } from "./check.ts";
import type { CompareOptions } from "./compare.ts";
import type { ConfigOptions } from "./configured.ts";
import type { DeadLetterAction, DeadLettersOptions } from "./dead-letters.ts";
import type { DecisionsOptions } from "./decisions.ts";
import type { DeliveriesOptions } from "./deliveries.ts";
import type { DemoOptions } from "./demo.ts";
import type { DoctorOptions } from "./doctor.ts";
import type { EventsOptions } from "./events.ts";
import type { ExplainOptions } from "./explain.ts";
import type { ImportCommandOptions } from "./import.ts";
import type { ExitStatus, Io } from "./io.ts";
import type { RbacOptions } from "./rbac.ts";
import type { RemoteOptions } from "./remote.ts";
import type { RenderOptions } from "./render.ts";
import type { ReplayOptions } from "./replay.ts";
import type { ReportOptions } from "./report.ts";
import type { SendTestOptions } from "./send-test.ts";
import type { SilenceAddOptions, SilenceListOptions } from "./silence.ts";
import type { TestOptions } from "./test.ts";

/** Receives the exit status of a command. */
type End = (status: ExitStatus) => void;

/** The command line. A command imports its code when it runs, so that `--help` costs nothing. */
export function createProgram(io: Io, end: End): Command {
  const program = new Command("tocsin")
    .description("Turns Kubernetes Events into alerts.")
    .version(ownVersion())
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      getOutHasColors: () => io.colour.stdout,
      getErrHasColors: () => io.colour.stderr,
    })
    .showHelpAfterError("(tocsin --help says what there is)");
  addStarting(program, io, end);
  addChecking(program, io, end);
  addCluster(program, io, end);
  addLooking(program, io, end);
  addSilencing(program, io, end);
  addReporting(program, io, end);
  program
    .command("version")
    .description("print the version")
    .action(() => io.stdout(`${ownVersion()}\n`));
  return program;
}

/** Commands that set up or run the service. */
function addStarting(program: Command, io: Io, end: End): void {
  program
    .command("init")
    .argument("[dir]", "where to write", ".")
    .description("write a commented tocsin.yaml, one rule and its test; never overwrites")
    .action(async (dir: string) => {
      const { init } = await import("./init.ts");
      end(await init(dir, io));
    });
  withJson(program.command("import"))
    .argument(
      "<files...>",
      `files of the other tool, - for standard input; first its name, or else they say it`,
    )
    .description("translate the configuration of another tool, and report what changes; never overwrites")
    .option("--out <dir>", "where to write", ".")
    .option("--cluster <name>", "the name of the cluster, where the old configuration has none")
    .option("--first-sight", "forward only the first state of an Event, as tools do that ignore its repeats")
    .option("--tidy", "write expressions that are lists of words as lists")
    .option("--with-secrets", "copy secrets of the old configuration into files of their own")
    .option(
      "--alerts <receiver>",
      "a receiver that gets alerts, whatever is usual; may be given again",
      gathered,
    )
    .option("--forward <receiver>", "a receiver that gets each Event; may be given again", gathered)
    .action(async (files: readonly string[], options: ImportCommandOptions) => {
      const { importCommand } = await import("./import.ts");
      end(await importCommand(files, options, io));
    });
  withConfig(program.command("run"))
    .description("the service: watch, alert, deliver, serve HTTP")
    .action(async (options: ConfigOptions) => {
      const { run } = await import("./run.ts");
      end(await run(options, io));
    });
  withRules(program.command("demo"))
    .description(
      "the whole service without a cluster, on recorded real events; its first lines name an address, and a token for silences and other changes",
    )
    .option("--speed <factor>", "how many times faster than the recording", positive)
    .option("--once", "end after the recording")
    .action(async (options: DemoOptions) => {
      const { demo } = await import("./demo.ts");
      end(await demo(options, io));
    });
}

/** Commands that read a configuration without running it. */
function addChecking(program: Command, io: Io, end: End): void {
  withJson(withRules(withConfig(program.command("check"))))
    .description("find everything that is wrong, without a network")
    .option("--strict", "fail on warnings")
    .action(async (options: CheckOptions) => {
      const { check } = await import("./check.ts");
      end(await check(options, io));
    });
  withEventFlags(withJson(withRules(withConfig(program.command("explain")))))
    .argument("[event]", "a file, - for standard input, or NAMESPACE/EVENT of the cluster; else describe it")
    .description("explain for an Event which rules match, why, and which sinks get it")
    .option("--all", "every rule with its clauses")
    .option("--label <key=value>", "of the object, as a look-up would find it; may be given again", gathered)
    .option("--namespace-label <key=value>", "of its namespace; may be given again", gathered)
    .option("--server <url>", "ask a running bridge, which knows its open alerts, silences and messages")
    .action(async (target: string | undefined, options: ExplainOptions) => {
      const { explain } = await import("./explain.ts");
      end(await explain(target, options, io));
    });
  withJson(withConfig(program.command("test")))
    .argument("[files...]", "files of tests; else every *.test.yaml beside the rules, or under ./rules")
    .description("run the tests of rules in virtual time")
    .action(async (files: readonly string[], options: TestOptions) => {
      const { test } = await import("./test.ts");
      end(await test(files, options, io));
    });
  withJson(withRules(withConfig(program.command("replay"))))
    .argument(
      "<file>",
      "recorded Events, - for standard input: kubectl get events -A --watch --output-watch-events -o json",
    )
    .description("play recorded Events to the rules, and list the messages they would have sent")
    .action(async (file: string, options: ReplayOptions) => {
      const { replay } = await import("./replay.ts");
      end(await replay(file, options, io));
    });
  withJson(withConfig(program.command("compare")))
    .argument("<old>", "the configuration of the other tool, - for standard input")
    .argument("<events>", "recorded Events: kubectl get events -A --watch --output-watch-events -o json")
    .requiredOption("--with <tool>", "the other tool: kubernetes-event-exporter")
    .description("compare who would have got recorded Events from another tool, and who gets them here")
    .action(async (old: string, events: string, options: CompareOptions) => {
      const { compare } = await import("./compare.ts");
      end(await compare(old, events, options, io));
    });
  withJson(withRules(withConfig(program.command("render"))))
    .argument("<rule>", "its name")
    .option("--events <file>", "use these Events, - for standard input; else a sample")
    .description("show the message of a rule as each sink would get it")
    .action(async (rule: string, options: RenderOptions) => {
      const { render } = await import("./render.ts");
      end(await render(rule, options, io));
    });
  withJson(withConfig(program.command("send-test")))
    .argument("<sink>", "its name in the configuration")
    .description("send one clearly marked test message through the real sink")
    .action(async (sink: string, options: SendTestOptions) => {
      const { sendTest } = await import("./send-test.ts");
      end(await sendTest(sink, options, io));
    });
}

/** Commands about the needs of a configuration: permissions, dependencies. */
function addCluster(program: Command, io: Io, end: End): void {
  withJson(withConfig(program.command("doctor")))
    .description(
      "check what the service needs: API server, permissions, clock, state file, sinks; sends nothing",
    )
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import("./doctor.ts");
      end(await doctor(options, io));
    });
  withJson(withConfig(program.command("rbac")))
    .description("print the smallest RBAC manifests for this configuration, for kubectl apply -f -")
    .option("--namespace <namespace>", "where tocsin runs", objectName, "tocsin")
    .option("--service-account <name>", "as whom; roles and bindings have its name too", objectName, "tocsin")
    .option("--self-events", "include the right to write Events about itself")
    .action(async (options: RbacOptions) => {
      const { rbac } = await import("./rbac.ts");
      end(await rbac(options, io));
    });
}

/** Commands that ask a running bridge. */
function addLooking(program: Command, io: Io, end: End): void {
  withAlertFilters(withServer(program.command("alerts")))
    .description(
      "list open alerts, and the sinks whose receivers accepted a message about them; or those that are over",
    )
    .option("--ended", "those that are over: how they ended, and who got a message, or why nobody did")
    .option("--since <duration>", "with --ended: how far back, such as 7d; or a time (default: 24h)")
    .action(async (options: AlertsOptions) => {
      const { alerts } = await import("./alerts.ts");
      end(await alerts(options, io));
    });
  withServer(program.command("deliveries"))
    .description("list messages that wait, and why; or how those of the last day ended")
    .option("--sink <sink>", "only for this sink")
    .option("--ended", "those that are over: delivered, replaced, expired, dead")
    .action(async (options: DeliveriesOptions) => {
      const { deliveries } = await import("./deliveries.ts");
      end(await deliveries(options, io));
    });
  withAlertFilters(withServer(program.command("decisions")))
    .description("list why messages were, or were not, sent")
    .option("--alert <fingerprint>", "only of this alert, as alerts, explain and this list name it")
    .option("--since <duration>", "how far back, such as 1h; or a time (default: 24h)")
    .action(async (options: DecisionsOptions) => {
      const { decisions } = await import("./decisions.ts");
      end(await decisions(options, io));
    });
  withServer(program.command("events"))
    .description("list Events of the last hour, and which rules match each")
    .option("--unmatched", "only those that no rule, forward or drop matches")
    .option("--namespace <namespace>", "only of this namespace")
    .option("--reason <reason>", "only with this reason")
    .option("--type <type>", "Normal or Warning")
    .option("--search <text>", "only with this text in reason, message, writer or object")
    .option("--since <duration>", "how far back, such as 10m; or a time (default: 1h)")
    .action(async (options: EventsOptions) => {
      const { events } = await import("./events.ts");
      end(await events(options, io));
    });
  withServer(program.command("dead-letters"))
    .description("messages that could not be delivered: list, retry or drop them")
    .addArgument(new Argument("<action>").choices(["list", "retry", "drop"]))
    .argument("[ids...]", "which to retry or drop; else --all --sink SINK")
    .option("--sink <sink>", "only of this sink")
    .option("--all", "all of the sink, with retry and drop")
    .action(async (action: DeadLetterAction, ids: readonly string[], options: DeadLettersOptions) => {
      const { deadLetters } = await import("./dead-letters.ts");
      end(await deadLetters(action, ids, options, io));
    });
}

/** Commands about silences of a running bridge. */
function addSilencing(program: Command, io: Io, end: End): void {
  const silence = program.command("silence").description("hold alerts back for a time");
  withBridge(silence.command("add"))
    .description("make a silence, from now on or from --from")
    .requiredOption(
      "--match <key=pattern>",
      "a label, such as namespace=shop, name=web-*, name=/^web-[0-9]$/, team!=shop; may be given again, all must hold",
      gathered,
    )
    .option("--for <duration>", "how long, such as 2h")
    .option("--until <time>", "when it ends, such as 2026-12-01T20:00:00Z")
    .option("--until-resolved", "until the last alert that it matches ends")
    .option("--from <time>", "when it begins")
    .requiredOption("--comment <text>", "why")
    .option("--author <name>", "who; else $USER")
    .action(async (options: SilenceAddOptions) => {
      const { addSilence } = await import("./silence.ts");
      end(await addSilence(options, io));
    });
  withBridge(silence.command("list"))
    .description("list active and future silences")
    .option("--all", "ended ones too")
    .action(async (options: SilenceListOptions) => {
      const { listSilences } = await import("./silence.ts");
      end(await listSilences(options, io));
    });
  withBridge(silence.command("expire"))
    .description("end silences now")
    .argument("<ids...>", "as silence list shows them")
    .action(async (ids: readonly string[], options: RemoteOptions) => {
      const { expireSilences } = await import("./silence.ts");
      end(await expireSilences(ids, options, io));
    });
}

/** Commands for components without an SDK. */
function addReporting(program: Command, io: Io, end: End): void {
  withJson(program.command("report"))
    .description("write one Event into the cluster, or raise the count of one")
    .requiredOption("--reason <reason>", "why, for machines: one word such as BackupFailed")
    .requiredOption("--message <text>", "what happened, for people")
    .requiredOption("--kind <kind>", "of the object, such as CronJob")
    .requiredOption("--name <name>", "of the object")
    .option("--namespace <namespace>", "of the object; left out for an object without")
    .option("--api-version <version>", "of the object, such as batch/v1")
    .option("--uid <uid>", "of the object; without it, kubectl describe does not show the Event")
    .addOption(
      new Option("--type <type>", "Normal or Warning (default: Warning)").choices(["Warning", "Normal"]),
    )
    .option("--action <action>", "the operation, for machines (default: the reason)")
    .option("--component <component>", "the writer (default: tocsin-report)")
    .addOption(new Option("--severity <severity>", "for alerting").choices(["critical", "warning", "info"]))
    .option("--dedupe-key <key>", "calls with the same key raise the count of one Event")
    .option("--timeout <duration>", "how long to try (default: 30s)")
    .addOption(new Option("--api <group>", "the API to write through").choices(["events", "core"]))
    .option("--kubeconfig <file>", "else in-cluster, else $KUBECONFIG, else ~/.kube/config")
    .option("--context <context>", "of the kubeconfig")
    .option("--config <file>", "a tocsin.yaml, for the API server that it names")
    .action(async (options: ReportOptions) => {
      const { report } = await import("./report.ts");
      end(await report(options, io));
    });
}

function withServer(command: Command): Command {
  return withBridge(command).option("--limit <rows>", "rows at most, 1 to 500 (default: 100)", upTo500);
}

function withBridge(command: Command): Command {
  return withJson(withConfig(command)).option(
    "--server <url>",
    "the running bridge; else $TOCSIN_SERVER, else server.listen",
  );
}

function withAlertFilters(command: Command): Command {
  return command
    .option("--rule <rule>", "only of this rule")
    .option("--namespace <namespace>", "only of this namespace")
    .option("--sink <sink>", "only for this sink");
}

function withConfig(command: Command): Command {
  return command.option("--config <file>", "the configuration; else $TOCSIN_CONFIG, else ./tocsin.yaml");
}

function withRules(command: Command): Command {
  return command.option(
    "--rules <glob>",
    "these rule files instead of a configuration; may be given again",
    gathered,
  );
}

function withEventFlags(command: Command): Command {
  return command
    .option("--reason <reason>", "of an Event to describe instead of a file")
    .option("--message <text>", "what it says")
    .option("--kind <kind>", "of the object")
    .option("--name <name>", "of the object")
    .option("--namespace <namespace>", "of the object; left out for an object without")
    .option("--type <type>", "Normal or Warning (default: Warning)")
    .option("--action <action>", "the operation, for machines")
    .option("--component <component>", "its writer");
}

function withJson(command: Command): Command {
  return command.option("--json", "one JSON document on standard output");
}

/** The values of an option that may be given again. */
function gathered(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** RFC 1123, for names of namespaces: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
function objectName(text: string): string {
  if (/^[a-z\d](?:[-a-z\d]{0,61}[a-z\d])?$/u.test(text)) return text;
  throw new InvalidArgumentError("write a name of lower-case letters, digits and dashes, 63 at most");
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("write a number above 0");
}

function upTo500(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 500) return value;
  throw new InvalidArgumentError("write a number from 1 to 500");
}
