import type { ConfigurationSpec, RuleFileSpec } from "../config/index.ts";
import type { Remark } from "../lib/write-yaml.ts";
import type { Reenactment } from "./reenactment.ts";
import type { ReportLine } from "./report.ts";
import type { SourceDocument, SourceMapping } from "./source-document.ts";

/** Options of an import that every tool knows. */
export interface ImportOptions {
  /** The name of the cluster, where the old configuration has none. */
  readonly cluster?: string | undefined;
  /** Only the first state of an Event is forwarded, as tools do that ignore updates. */
  readonly firstSight: boolean;
  /** Expressions that are lists of words become lists. */
  readonly tidy: boolean;
  /** Names of receivers that get alerts, whatever is usual for their kind. */
  readonly alerts: ReadonlySet<string>;
  /** Names of receivers that get records. */
  readonly forward: ReadonlySet<string>;
}

/** A secret that the new configuration reads from a file. */
export interface ImportedSecret {
  /** Relative to the new configuration: `secrets/chat-token`. */
  readonly path: string;
  /** Its content in words, for people. */
  readonly what: string;
  /** The value of the old configuration; undefined where it had only a reference. */
  readonly value: string | undefined;
}

/** How many of something were there, and what became of them. */
export interface ReceiverTally {
  readonly found: number;
  readonly written: number;
  readonly withoutEqual: number;
  /** Nothing delivers to them. */
  readonly unused: number;
}

/** Deliveries are ways of an Event to a receiver: each becomes a rule or a forward. */
export interface DeliveryTally {
  readonly found: number;
  readonly written: number;
  /** Those that never delivered anything in the old tool. */
  readonly never: number;
}

/** Everything that becomes of a configuration; plain data, nothing is written yet. */
export interface Imported {
  readonly configuration: ConfigurationSpec;
  /** The content of rules/imported.yaml; undefined when there are no rules. */
  readonly rules: RuleFileSpec | undefined;
  /** Comments, each above the value at its path; proposals among them. */
  readonly remarks: { readonly configuration: readonly Remark[]; readonly rules: readonly Remark[] };
  readonly lines: readonly ReportLine[];
  readonly secrets: readonly ImportedSecret[];
  readonly receivers: ReceiverTally;
  readonly deliveries: DeliveryTally;
  /** Constructs of text templates, and how many of them were translated. */
  readonly templates: { readonly found: number; readonly translated: number };
}

/** Another tool whose configuration can be read. */
export interface ImportTool {
  /** As on the command line. */
  readonly name: string;
  /** Whether a mapping, at any depth of a document, is the root of its configuration. */
  readonly recognises: (value: Readonly<Record<string, unknown>>) => boolean;
  /**
   * Translates a configuration. Pure.
   *
   * @param found The mapping that was recognised. @param documents All documents that were given, for parts elsewhere.
   */
  readonly translate: (
    found: SourceMapping,
    documents: readonly SourceDocument[],
    options: ImportOptions,
  ) => Imported;
  /** Plays the tool again with a configuration, for a comparison. Left out: it cannot be compared. */
  readonly reenact?: (found: SourceMapping) => Reenactment;
}
