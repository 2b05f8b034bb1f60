import { ObjectKey } from "../../event/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { HoldQuestion } from "../hold-source.ts";
import type { AlertState } from "../state.ts";

/**
 * The words of the scheduler about a pod whose claim has no volume; they do not name the claim (volume_binding.go of
 * Kubernetes v1.36, and recorded on a genuine cluster).
 */
const UNNAMED_CLAIM = "unbound immediate PersistentVolumeClaims";

/**
 * Whether an alert names the object of its cause: in its newest message, or, where that tells of a claim without its name,
 * by the state of its pods.
 */
export function namesCause(alert: AlertState, cause: AlertState, factOf: HoldQuestion["factOf"]): boolean {
  const { kind = "", name = "" } = cause.labels;
  const { message } = alert.event;
  if (message.includes(`"${name}"`)) return true;
  if (kind !== "PersistentVolumeClaim" || !message.includes(UNNAMED_CLAIM)) return false;
  const pods = new Set(
    alert.members.filter(({ clearedAt }) => clearedAt === undefined).map((member) => objectOfMember(member)),
  );
  return pods.size > 0 && [...pods].every((pod) => claimsOf(pod, factOf).includes(name));
}

function claimsOf(pod: string, factOf: HoldQuestion["factOf"]): readonly string[] {
  if (ObjectKey.parse(pod).kind !== "Pod") return [];
  const found = factOf?.(pod)?.found;
  return typeof found === "object" && found.kind === "Pod" ? found.claims : [];
}
