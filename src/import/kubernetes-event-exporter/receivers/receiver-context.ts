import type { SinkSpec } from "../../../config/index.ts";
import type { Path } from "../../place.ts";
import type { ReportCode } from "../../report.ts";
import type { SecretsToFill } from "../../secrets-to-fill.ts";
import type { ExporterReceiver } from "../exporter-configuration.ts";
import type { SaidWords } from "../say.ts";

/** Says one thing about a receiver. @param path From its options; the place in the file follows from it. */
export type SayOfReceiver = (code: ReportCode, path: Path, words: SaidWords) => void;

/** Counts constructs of templates. */
export type CountHoles = (holes: { readonly found: number; readonly translated: number }) => void;

/** Collaborators of the translation of a receiver. */
export interface ReceiverContext {
  readonly secrets: SecretsToFill;
  readonly say: SayOfReceiver;
  readonly count: CountHoles;
  /** The name of the sink. */
  readonly name: string;
  /** Whether it gets records. */
  readonly isRecord: boolean;
}

/** Words that a receiver has for its messages, for the rules that use it. */
export interface RuleWords {
  readonly title?: string | undefined;
  readonly text?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** A comment above a key of a sink. */
export interface SinkRemark {
  readonly path: Path;
  readonly text: string;
}

/** A receiver as a sink. */
export interface TranslatedReceiver {
  readonly receiver: ExporterReceiver;
  /** Undefined: there is no equal. */
  readonly sink: SinkSpec | undefined;
  /** Whether it gets each Event as a record, or alerts. */
  readonly isRecord: boolean;
  readonly words: RuleWords;
  readonly remarks: readonly SinkRemark[];
}

/** A sink with everything that belongs to it. */
export interface SinkParts {
  readonly sink: SinkSpec;
  readonly words?: RuleWords;
  readonly remarks?: readonly SinkRemark[];
}

/** The translation of one kind of receiver. */
export type TranslateReceiver = (receiver: ExporterReceiver, context: ReceiverContext) => SinkParts;
