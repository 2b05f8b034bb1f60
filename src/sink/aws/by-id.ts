import type { AwsError } from "./read-aws-error.ts";

/** An entry of an answer: accepted, or refused. */
export interface NamedOutcome {
  readonly id: string | undefined;
  readonly error?: AwsError | undefined;
}

const UNSAID: AwsError = { code: "nothing of this entry", message: "", isSenderFault: false };

/** The outcomes in the order of the request, whose entries have the ids `0`, `1` and so on; one that is missing failed. */
export function byId(found: readonly NamedOutcome[], count: number): readonly (AwsError | undefined)[] {
  const named = new Map(found.map(({ id, error }) => [id, error]));
  return Array.from({ length: count }, (_, index) => {
    const id = String(index);
    return named.has(id) ? named.get(id) : UNSAID;
  });
}
