import type { HeldByCause } from "../../alert/index.ts";
import type { HeldByCause as CauseAnswer } from "../schemas/cause.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

/** Why a cause holds an alert back, in words: `its cause goes on: node-not-ready of Node/node-1`. */
export function causeText(cause: HeldByCause): string {
  const name = `${nameText(cause)}${cause.others === 0 ? "" : ` (and ${cause.others} more)`}`;
  const ended = cause.endedAt === undefined ? "ended" : `ended at ${toInstant(cause.endedAt)}`;
  switch (cause.standing) {
    case "lasts":
      return `its cause goes on: ${name}`;
    case "late":
      return `its cause, ${name}, ${ended}: what is late is held back for two minutes more`;
    case "not-again":
      return `it has not occurred since its cause, ${name}, ${ended}`;
  }
}

/** Makes the answer's form of a cause. */
export function toCause({ name, fingerprint, others, standing, endedAt }: HeldByCause): CauseAnswer {
  return {
    fingerprint,
    rule: name?.rule ?? null,
    namespace: name?.namespace ?? "",
    workload: name?.workload ?? "",
    others,
    standing,
    endedAt: toInstantOrNull(endedAt),
  };
}

function nameText({ name, fingerprint }: HeldByCause): string {
  if (name === undefined) return `alert ${fingerprint}`;
  const { rule, namespace, workload } = name;
  return `${rule} of ${workload}${namespace === "" ? "" : ` in ${namespace}`}`;
}
