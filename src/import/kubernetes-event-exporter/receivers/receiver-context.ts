import type { SinkSpec } from "../../../config/index.ts";
import type { Path } from "../../place.ts";
import type { ReportCode } from "../../report.ts";
import type { SecretsToFill } from "../../secrets-to-fill.ts";
import type { ExporterReceiver } from "../exporter-configuration.ts";

/** Says one thing about a receiver. @param path From its options; the place in the file follows from it. */
export type SayOfReceiver = (
  code: ReportCode,
  path: Path,
  words: { readonly did: string; readonly written: string; readonly decide?: string },
) => void;

/** Collaborators of the translation of a receiver. */
export interface ReceiverContext {
  readonly secrets: SecretsToFill;
  readonly say: SayOfReceiver;
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

/** A receiver as a sink. */
export interface TranslatedReceiver {
  readonly receiver: ExporterReceiver;
  /** Undefined: there is no equal. */
  readonly sink: SinkSpec | undefined;
  /** Whether it gets each Event as a record, or alerts. */
  readonly isRecord: boolean;
  readonly words: RuleWords;
  /** Remarks above keys of the sink. */
  readonly remarks: readonly { readonly path: Path; readonly text: string }[];
}

/** The translation of one kind of receiver. */
export type TranslateReceiver = (
  receiver: ExporterReceiver,
  context: ReceiverContext,
) => Pick<TranslatedReceiver, "sink"> & Partial<Pick<TranslatedReceiver, "words" | "remarks">>;
