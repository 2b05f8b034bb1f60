import type { Locator } from "../../src/lib/locator.ts";
import { dotted } from "../../src/lib/yaml-file.ts";
import type { RuleProvider, RuleUnit } from "../../src/rule/index.ts";

/** The content of a unit, as values and not as text. */
interface UnitSketch {
  readonly origin: string;
  readonly rules?: readonly unknown[];
  readonly drops?: readonly unknown[];
  /** The rules see this namespace only, and are named after it. */
  readonly namespace?: string;
  readonly onError?: RuleUnit["onError"];
}

/** A unit without a file: its findings have a path but no line. An error leaves it out unless told otherwise. */
export function makeUnit({ origin, rules = [], drops = [], namespace, onError }: UnitSketch): RuleUnit {
  return {
    origin: unplaced(origin),
    onError: onError ?? "leave-out",
    scope: namespace === undefined ? undefined : { namespace, prefix: `${namespace}/` },
    rules: rules.map((value, index) => ({ path: ["spec", "rules", index], value })),
    drops: drops.map((value, index) => ({ path: ["spec", "drop", index], value })),
    findings: [],
  };
}

/** A provider in memory; a test may change its units between reads. */
export class MemoryRules implements RuleProvider {
  units: readonly RuleUnit[];

  constructor(...units: readonly RuleUnit[]) {
    this.units = units;
  }

  async read(): Promise<readonly RuleUnit[]> {
    return this.units;
  }
}

function unplaced(file: string): Locator {
  return {
    file,
    locate: (faults) =>
      faults.map(({ level, path, message }) => ({
        level,
        file,
        line: 0,
        column: 0,
        path: dotted(path),
        message,
      })),
  };
}
