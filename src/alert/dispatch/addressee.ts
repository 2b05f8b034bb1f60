import { joinKey } from "../../lib/joined-key.ts";
import type { SinkPolicy } from "../policy.ts";

/**
 * Whom a sink that chooses by labels tells of an alert with these: the values by which it chooses, as one text; "" for a
 * sink that does not choose. Two of the same go to the same people.
 */
export function addresseeOf(
  { chooses }: Pick<SinkPolicy, "chooses">,
  labels: Readonly<Record<string, string>>,
): string {
  return joinKey(chooses.map(({ label, nameOf }) => nameOf(labels[label] ?? "")));
}
