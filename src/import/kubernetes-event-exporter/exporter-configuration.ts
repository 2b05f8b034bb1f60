import type { Path } from "../place.ts";

/** The fields of a rule that are expressions on texts of an Event (pkg/exporter/rule.go). */
export const RULE_FIELDS = [
  "message",
  "apiVersion",
  "kind",
  "namespace",
  "reason",
  "type",
  "component",
  "host",
] as const;

/** One of `RULE_FIELDS`. */
export type RuleField = (typeof RULE_FIELDS)[number];

/** An entry of `match` or `drop`. */
export interface ExporterRule {
  /** From the root of the configuration. */
  readonly path: Path;
  /** Only fields that are not empty: the tool ignores the others. */
  readonly fields: ReadonlyMap<RuleField, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** 0 for none. */
  readonly minCount: number;
  /** "" for none. */
  readonly receiver: string;
}

/** An entry without conditions. */
export const EMPTY_RULE: ExporterRule = {
  path: [],
  fields: new Map(),
  labels: new Map(),
  annotations: new Map(),
  minCount: 0,
  receiver: "",
};

/** A node of the routing tree. */
export interface ExporterRoute {
  readonly path: Path;
  readonly drop: readonly ExporterRule[];
  readonly match: readonly ExporterRule[];
  readonly routes: readonly ExporterRoute[];
  /** Receivers that stand beside `match`, where the tool does not look: the key and the names. */
  readonly stray: readonly { readonly key: string; readonly names: readonly string[] }[];
}

/** An entry of `receivers`. */
export interface ExporterReceiver {
  readonly name: string;
  readonly path: Path;
  /** `webhook`, `slack`, …; "" when it has none. */
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A fault of form, or a key that the tool does not read. */
export interface ReadingFault {
  readonly code: "parse-error" | "unknown-key";
  readonly path: Path;
  readonly key: string;
  /** The known key that was probably meant. */
  readonly meant: string | undefined;
  readonly message: string;
  /** The value, as text for a proposal. */
  readonly value: unknown;
}

/** A configuration of the tool, read as far as it can be. */
export interface ExporterConfiguration {
  readonly route: ExporterRoute;
  readonly receivers: readonly ExporterReceiver[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly faults: readonly ReadingFault[];
}
