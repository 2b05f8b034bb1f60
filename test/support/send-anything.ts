import * as fc from "fast-check";
import { expect } from "vitest";

import type { Sink } from "../../src/sink/index.ts";
import { anyString } from "./any-string.ts";
import { sendOnce } from "./describe-sink.ts";
import type { Answer, FakeReceiver } from "./fake-receiver.ts";
import { makeNotificationOf } from "./notifications.ts";
import { rounds } from "./rounds.ts";

/**
 * Sends messages about random texts of every length, and checks each body that arrives.
 *
 * @param how.prefix The text before each random one, which the receiver would read as markup or count as several bytes.
 * @param how.refused Its answer to the first form, so that the plain form comes as well.
 */
export async function sendAnything(
  sink: Sink,
  fake: Pick<FakeReceiver, "bodies" | "reset" | "script">,
  how: {
    readonly check: (body: string) => void;
    readonly prefix?: string;
    readonly refused?: Answer;
  },
): Promise<void> {
  const { check, prefix = "", refused } = how;
  await fc.assert(
    fc.asyncProperty(anyString(3000), fc.integer({ min: 1, max: 40 }), async (text, times) => {
      fake.reset();
      if (refused !== undefined) fake.script(refused);
      await sendOnce(sink, makeNotificationOf(`${prefix}${text}`.repeat(times)));
      expect(fake.bodies()).toHaveLength(refused === undefined ? 1 : 2);
      for (const body of fake.bodies()) check(body);
    }),
    { numRuns: rounds(60) },
  );
}
