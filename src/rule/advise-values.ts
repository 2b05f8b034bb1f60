import type { ReasonRow } from "./compiled-rule.ts";
import { kindAdvice } from "./kind-advice.ts";
import type { KnownReasons } from "./known-reasons.ts";
import type { Alternative } from "./matcher.ts";
import { noSuchReason } from "./no-such-reason.ts";
import { overlap, type Profile, profileOfRow } from "./profile.ts";
import type { Path, Report } from "./report.ts";
import type { FieldTest } from "./test-compiler.ts";

/** Fields that are always empty: related objects have no look-up. */
const NOT_LOOKED_UP = /^related\.(?:labels|annotations)\./u;

/** Components of Kubernetes whose Events the reason table knows; other programs use the same reasons for other things. */
const KUBERNETES =
  /^(?:kubelet|default-scheduler|kube-proxy|(?:node|replicaset|deployment|statefulset|daemonset|job|cronjob|endpoint|endpoint-slice|persistentvolume|attachdetach|service|disruption|taint-eviction|horizontal-pod-autoscaler|controllermanager)[a-z-]*)$/u;

/** Warns about values that no Event has. */
export function adviseValues(
  alternatives: readonly Alternative[],
  report: Report,
  reasons?: KnownReasons,
): void {
  for (const { tests, path: start, profile } of alternatives) {
    for (const test of tests) {
      const path = [...start, ...test.within];
      for (const message of adviceOn(test, profile)) report.warning({ path, message });
    }
    if (reasons !== undefined) adviseReason({ tests, start, profile }, reasons, report);
  }
}

function adviceOn({ field, pattern }: FieldTest, { values }: Profile): readonly string[] {
  if (NOT_LOOKED_UP.test(field.path)) return ['related objects are not looked up, so this is always ""'];
  const found: string[] = [];
  const isOfNodes = values.kind?.size === 1 && values.kind.has("Node");
  if (field.path === "involvedObject.apiVersion" && isOfNodes && pattern.exact?.has("v1") === true) {
    found.push(
      "not every component writes the apiVersion of a Node, so this misses some Events: leave it out",
    );
  }
  for (const value of pattern.exact ?? []) {
    if (field.path === "type" && value !== "Normal" && value !== "Warning") {
      found.push(`Events are of type Normal or Warning, hardly ever "${value}"`);
    }
    const kind = /\bkind$/u.test(field.path) ? kindAdvice(value) : undefined;
    if (kind !== undefined) found.push(kind);
  }
  return found;
}

interface Place {
  readonly tests: readonly FieldTest[];
  readonly start: Path;
  readonly profile: Profile;
}

/** Warns of reasons that no Event has, and of a type that the Events of a reason never have. */
function adviseReason({ tests, start, profile }: Place, reasons: KnownReasons, report: Report): void {
  const { reason: named, kind: kinds, component: components, type: types } = profile.values;
  const test = tests.find(({ field }) => field.path === "reason");
  if (named === undefined || test === undefined) return;
  const path = [...start, ...test.within];
  for (const reason of named) {
    const mistaken = noSuchReason(reason, { kinds, components });
    if (mistaken !== undefined) {
      report.warning({ path, message: mistaken });
      continue;
    }
    if (components !== undefined && ![...components].every((each) => KUBERNETES.test(each))) continue;
    const near = reasons.nearTo(reason, profile);
    if (near !== undefined) {
      const message = `no component that is known here writes ${reason}; did you mean ${near}?`;
      report.warning({ path, message });
    }
  }
  const typeTest = tests.find(({ field }) => field.path === "type");
  if (types === undefined || typeTest === undefined) return;
  const only = typesOf(named, profile, reasons);
  if (only === undefined || !only.isDisjointFrom(types)) return;
  const message = `${[...named].join(", ")} is always of type ${[...only].join(" or ")}: leave type out`;
  report.warning({ path: [...start, ...typeTest.within], message });
}

/** The types that Events of these reasons have; undefined where that is not known of each. */
function typesOf(
  named: ReadonlySet<string>,
  profile: Profile,
  reasons: KnownReasons,
): ReadonlySet<string> | undefined {
  const { component: components } = profile.values;
  if (components !== undefined && ![...components].every((each) => KUBERNETES.test(each))) return undefined;
  const types = new Set<string>();
  for (const reason of named) {
    const rows = reasons.rowsOf(reason).filter((row) => overlap(withoutType(profile), profileOfRow(row)));
    if (rows.length === 0 || rows.some(isOfAnyType)) return undefined;
    for (const { type } of rows) types.add(type);
  }
  return types;
}

function withoutType(profile: Profile): Profile {
  const { type: _, ...values } = profile.values;
  return { ...profile, values };
}

function isOfAnyType({ type, kinds }: ReasonRow): boolean {
  return type === "" || kinds.length === 0;
}
