/** A compiled pattern over one value of an event or label (docs/rules.md#patterns). */
export interface CompiledPattern {
  test(value: string | number): boolean;
  /** For people: `BackOff | Failed`, `like "ci-*"`, `not kube-system`. */
  readonly text: string;
  /** The only values that can match, for an equality or a list of equalities; undefined otherwise. For an index. */
  readonly exact: ReadonlySet<string> | undefined;
  /** A value that fits, for examples; missing where nobody knows one. */
  readonly sample?: string;
}

/** A compiled RE2 expression: linear time for every text. */
export interface Regex {
  /** Searches anywhere in the text, cut at 4,096 characters first. */
  test(text: string): boolean;
  /** The first group of the first hit, or the whole hit without groups; "" for no hit. */
  extract(text: string): string;
}

/** A type of the expression language. */
export type FieldType =
  | "string"
  | "int"
  | "bool"
  | "timestamp"
  | "map<string, string>"
  | "list<string>"
  | "dyn"
  | Fields;
/** The fields of an object; each is always present. */
export interface Fields {
  readonly [name: string]: FieldType;
}

/** A compiled CEL condition. */
export interface Condition {
  readonly source: string;
  /** @throws {TocsinError} ERR_EXPRESSION_INVALID when the expression fails at run time. */
  holds(scope: Readonly<Record<string, unknown>>): boolean;
}

/** A compiled text with `{{ CEL }}` holes. */
export interface Template {
  readonly source: string;
  /** Whether the text is one hole and nothing else. */
  readonly single: boolean;
  /** Variables used, as dotted paths from the root, as long as they are plain member access: `event.reason`. */
  readonly uses: ReadonlySet<string>;
  /**
   * Fills the holes. The text is cut at 16 KiB with an ellipsis, so that no Event can make it fail by its length.
   *
   * @throws {TocsinError} ERR_EXPRESSION_INVALID when a hole fails.
   */
  render(scope: Readonly<Record<string, unknown>>): string;
  /** As `render`, but a single hole keeps its value's type as JSON data. */
  value(scope: Readonly<Record<string, unknown>>): unknown;
}

/** A fault inside an expression; `offset` counts characters of the source. */
export interface ExpressionFault {
  readonly message: string;
  readonly offset: number;
}

/** The result of compiling: the expression, or every fault. */
export type Compiled<T> =
  | { readonly value: T; readonly faults: readonly [] }
  | { readonly value: undefined; readonly faults: readonly ExpressionFault[] };

/** A set of declared variables; compiling an expression checks its types against them. */
export interface Environment {
  condition(source: string): Compiled<Condition>;
  template(source: string): Compiled<Template>;
}
