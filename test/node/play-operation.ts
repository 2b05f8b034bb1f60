import { setTimeout as sleep } from "node:timers/promises";

import type { Inbox } from "./inbox.ts";
import { hooksOf } from "./messages.ts";
import type { Operation } from "./operations.ts";
import type { Stage } from "./stage.ts";

/** Longer than any route waits before its first message. */
const LISTEN_MS = 45_000;

/** Does it twice, and gives a message time to come each time; answers the titles of messages that came, also of its node. */
export async function playOperation(
  operation: Operation,
  stage: Stage,
  inbox: Inbox,
): Promise<readonly string[]> {
  await stage.cluster.createNamespace(stage.namespace);
  stage.tell("serve");
  await operation.prepare?.(stage);
  await stage.untilWell();
  const startedAt = Date.now();
  for (const turn of [1, 2]) {
    await operation.act(stage, turn);
    await sleep(LISTEN_MS);
  }
  // Of what went on before on its node somebody may still be told the end.
  return hooksOf(inbox, operation, startedAt).map(({ body }) => body.title);
}
