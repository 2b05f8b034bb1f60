import type { Choosing } from "../alert/index.ts";
import type { HttpSettings } from "../egress/index.ts";
import type { Template } from "../expression/index.ts";
import type { Severity } from "../lib/severity.ts";
import type { Timetable } from "../lib/timetable.ts";
import type { TemplateTree } from "./options/template-tree.ts";
import type { SinkType } from "./sink.ts";

/** The common options of a sink, parsed; times are milliseconds. */
export interface CommonOptions {
  /** The option `timeout`. */
  readonly timeoutMs: number;
  /** The longest one attempt may take: `timeoutMs`, and the time of the receiver for its answer where it has one. */
  readonly attemptMs: number;
  /** How long delivery tries; undefined: without end. */
  readonly maxAgeMs: number | undefined;
  /** Of each destination; undefined: no limit. */
  readonly rateLimit: { readonly count: number; readonly perMs: number } | undefined;
  readonly minSeverity: Severity | undefined;
  /** `proven`: not after mere quiet or age. */
  readonly sendResolved: true | false | "proven";
  /** Whether messages may have lines of logs. */
  readonly logs: boolean;
  /** The sink for messages that waited for `afterMs`, or were refused; undefined: none. */
  readonly fallback: { readonly sink: string; readonly afterMs: number } | undefined;
  /** The pace of each lane of the type; empty where it has none. */
  readonly lanes: Readonly<Record<string, { readonly count: number; readonly perMs: number }>>;
  /** Whether all notifications go to one destination. */
  readonly isSingle: boolean;
  /** Attempts at once to each destination; a group keeps its order anyway. */
  readonly concurrency: number;
  /** Attempts at once to all destinations together, `concurrency` or more. */
  readonly totalConcurrency: number;
  /** Whether one message may tell several groups. */
  readonly merges: boolean;
  /** How often the receiver is told all alerts that it has; undefined: it keeps them by itself. */
  readonly refreshMs?: number | undefined;
  /** How the sink chooses its destination; undefined: it does not choose. */
  readonly chooses: Choosing | undefined;
  /** When the sink gets a digest of all but critical news; undefined: news goes at once. */
  readonly digest: Timetable | undefined;
  /** Replace the built-in texts; compiled against the keys of the native body, `alert` and `event`. */
  readonly title: Template | undefined;
  readonly text: Template | undefined;
  /** For records: at most `size` in one write, which waits at most `waitMs` for more. */
  readonly batch: { readonly size: number; readonly waitMs: number };
  /** The form of a written record; left out: all of it. */
  readonly template?: TemplateTree | undefined;
}

/** One entry of `sinks`, checked: ready for `type.create(options, context)`. */
export interface ConfiguredSink {
  readonly name: string;
  readonly type: SinkType;
  /** `type.options` parsed them. */
  readonly options: unknown;
  readonly common: CommonOptions;
  /** Empty for a type without `http`. */
  readonly http: HttpSettings;
  /** Changes when anything but texts changes; a reload keeps a sink with the same version. */
  readonly version: string;
}
