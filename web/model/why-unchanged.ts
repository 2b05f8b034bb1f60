import type { DeadLettersChanged } from "../../src/api/schemas/dead-letter.ts";

/** Why a dead letter of a sink is as it was after a change; "" when it is not. */
export function whyUnchanged(
  { unknown, withoutSink }: Pick<DeadLettersChanged, "unknown" | "withoutSink">,
  sink: string,
): string {
  if (withoutSink.length > 0) return `The sink ${sink} is not configured: configure it again, or drop this.`;
  return unknown.length > 0 ? "This is no dead letter any more." : "";
}
