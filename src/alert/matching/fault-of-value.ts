import type { Fault } from "../../lib/schema.ts";
import { SEVERITIES } from "../../lib/severity.ts";
import { unknownName } from "../../lib/unknown-name.ts";
import { kindAdvice, noSuchReason } from "../../rule/index.ts";

/** Names that patterns on labels are checked against. */
export interface KnownLabels {
  /** Labels that alerts can have. */
  readonly names: ReadonlySet<string>;
  /** Names of all rules, also of those that are switched off; undefined leaves them unchecked. */
  readonly rules?: ReadonlySet<string> | undefined;
  /** The name of the cluster; undefined leaves it unchecked. */
  readonly cluster?: string | undefined;
}

type Complaint = Pick<Fault, "level" | "message">;

/** Says what is wrong with a plain value of a label; undefined where an alert may have it. */
export function faultOfValue(label: string, value: string, known: KnownLabels): Complaint | undefined {
  switch (label) {
    case "severity":
      return isOneOf(SEVERITIES, value) ? undefined : error(unknownName("severity", value, SEVERITIES));
    case "rule":
      return known.rules?.has(value) === false ? warning(unknownName("rule", value, known.rules)) : undefined;
    case "kind":
      return warning(kindAdvice(value));
    case "reason":
      return warning(noSuchReason(value, { kinds: new Set(["Pod"]) }));
    case "type":
      return isOneOf(["Normal", "Warning"], value)
        ? undefined
        : warning(`Events are of type Normal or Warning, hardly ever ${JSON.stringify(value)}`);
    case "cluster": {
      const { cluster = value } = known;
      return cluster === value ? undefined : warning(`alerts are of cluster ${JSON.stringify(cluster)} only`);
    }
    default:
      return undefined;
  }
}

function isOneOf(values: readonly string[], value: string): boolean {
  return values.includes(value);
}

function error(message: string): Complaint {
  return { level: "error", message };
}

function warning(message: string | undefined): Complaint | undefined {
  return message === undefined ? undefined : { level: "warning", message };
}
