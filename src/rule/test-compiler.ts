import type { ClusterEvent } from "../event/index.ts";
import {
  type CompiledPattern,
  compilePattern,
  type PatternFault,
  type PatternSpec,
} from "../expression/index.ts";
import type { MatchField } from "./fields.ts";
import type { Path } from "./report.ts";

/** A pattern of a mapping at its field, as the user wrote it. */
export interface WrittenTest {
  readonly field: MatchField;
  readonly spec: PatternSpec;
  /** Its path in the mapping: `involvedObject.kind`. */
  readonly written: string;
  /** The same as keys, from the mapping on. */
  readonly within: Path;
}

/** One field of a mapping with its pattern. Mappings with the same test share it. */
export interface FieldTest extends WrittenTest {
  readonly pattern: CompiledPattern;
  /** Whether the field of an event matches. */
  readonly check: (event: ClusterEvent) => boolean;
}

/**
 * Compiles tests, each only once: thousands of rules name the same few types, reasons and components, and a compiled test
 * takes a kilobyte.
 */
export class TestCompiler {
  readonly #known = new Map<string, FieldTest>();

  /** The test, or the faults of its pattern. */
  compile(test: WrittenTest): FieldTest | { readonly faults: readonly PatternFault[] } {
    const key = JSON.stringify([test.within, test.spec]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { strict, numeric } = test.field;
    const { value, faults } = compilePattern(test.spec, { strict, numeric });
    if (value === undefined) return { faults };
    const made = toFieldTest(test, value);
    this.#known.set(key, made);
    return made;
  }
}

/** A test with a pattern that is compiled already. */
export function toFieldTest(test: WrittenTest, pattern: CompiledPattern): FieldTest {
  return { ...test, pattern, check: toCheck(test.field, pattern) };
}

function toCheck(field: MatchField, pattern: CompiledPattern): FieldTest["check"] {
  const { read } = field;
  const { exact } = pattern;
  if (exact === undefined || field.numeric) return (event) => pattern.test(read(event));
  const [only] = exact;
  // The field is not numeric, so its value is a string.
  if (exact.size === 1) return (event) => read(event) === only;
  return (event) => exact.has(read(event) as string);
}
