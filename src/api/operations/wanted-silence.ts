import { z } from "zod";

import { requestSilence, type RequestedSilence, type Silence } from "../../alert/index.ts";
import type { Fault } from "../../lib/schema.ts";
import { unusedId } from "../../lib/unused-id.ts";
import { dotted } from "../../lib/yaml-file.ts";
import type { Identity } from "../access/identity.ts";
import type { ApiContext } from "../bridge.ts";
import type { Refusal } from "./operation.ts";

const TOO_MANY = "there are too many silences already, those that are over included";

/** The parameter `id`. */
export const SILENCE_ID = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe("The silence to change; it keeps its id.");

/** The silence that a request asks for. */
export interface WantedSilence {
  readonly silence: Silence;
  readonly warnings: readonly { readonly path: string; readonly message: string }[];
  /** All others, also those that are over. */
  readonly others: readonly Silence[];
}

/**
 * Makes the silence that a request asks for, without storing it: its preview and its effect are of the same one.
 *
 * @param asked.id The silence to change; undefined for a new one.
 */
export async function wantedSilence(
  { queries, clock, configuration, cluster }: ApiContext,
  {
    id,
    body,
    identity,
  }: {
    readonly id: string | undefined;
    readonly body: RequestedSilence;
    readonly identity: Pick<Identity, "user">;
  },
): Promise<WantedSilence | Refusal> {
  const all = await queries.silences();
  const known = all.find((silence) => silence.id === id);
  const refusal = refusalOf(id, known);
  if (refusal !== undefined) return refusal;
  const { labelNames, rules } = configuration().policy.rules;
  const others = all.filter((other) => other !== known);
  const { silence, faults, hasRoom } = requestSilence(
    identity.user === null ? body : { ...body, author: identity.user },
    {
      id: id ?? unusedId(all),
      now: clock.now(),
      labels: { names: labelNames, rules: new Set(rules.map(({ name }) => name)), cluster },
      others: others.length,
    },
  );
  const errors = faults.filter(({ level }) => level === "error");
  if (errors.length > 0) return { refused: 400, faults: errors.map(located) };
  if (!hasRoom) return { refused: 409, message: TOO_MANY };
  return { silence: { ...silence, usedAt: known?.usedAt }, warnings: faults.map(located), others };
}

/** Refuses to change a silence that does not exist, or that stands elsewhere; undefined when it may be changed. */
export function refusalOf(id: string | undefined, known: Silence | undefined): Refusal | undefined {
  if (id !== undefined && known === undefined) return noSuchSilence(id);
  if (known?.origin === "config") {
    const message = `${id} stands in the configuration: change it there`;
    return { refused: 409, message };
  }
  if (known?.origin === "annotation") {
    return { refused: 409, message: `${id} stands on an object: change its annotation` };
  }
  return undefined;
}

/** Refuses an id of no silence. */
export function noSuchSilence(id: string): Refusal {
  return { refused: 404, message: `there is no silence ${JSON.stringify(id)}` };
}

function located({ path, message }: Fault): { readonly path: string; readonly message: string } {
  return { path: dotted(path), message };
}
