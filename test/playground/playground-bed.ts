import { tmpdir } from "node:os";

import { type Configuration, loadConfiguration } from "../../src/config/index.ts";
import type { RawEvent } from "../../src/event/index.ts";
import { Playground, type PlaygroundLimits } from "../../src/playground/playground.ts";
import { MINUTE, rawEvent, RingBed } from "../ring/ring-bed.ts";

/** More than any run of these tests takes. */
const ENDLESS: PlaygroundLimits = { ms: 10 * MINUTE, heapMb: 256, events: 1000 };

const LETTERS = 'event.message.split("")';

/** As many rules as a request takes, each with the most loops that an expression may have. */
export const SLOW = JSON.stringify({
  rules: Array.from({ length: 200 }, (_, index) => ({
    name: `slow-${index}`,
    match: { reason: "BackOff" },
    when: `${LETTERS}.all(a, ${LETTERS}.all(b, a + b != ""))`,
  })),
});

/** Loads a configuration that is in no file. */
export async function loadFrom(sections: object): Promise<Configuration> {
  const text = JSON.stringify({ cluster: "prod", ...sections });
  const { configuration, findings } = await loadConfiguration({
    file: "tocsin.yaml",
    text,
    env: {},
    cwd: tmpdir(),
  });
  if (configuration === undefined) throw new Error(JSON.stringify(findings));
  return configuration;
}

/** Parts of a playground of a test. */
export interface PlaygroundParts {
  readonly configuration: Configuration;
  /** Events of this moment: a number of usual ones, or what they have of their own. */
  readonly events?: number | readonly Partial<RawEvent>[];
  readonly limits?: Partial<PlaygroundLimits>;
  readonly signal?: AbortSignal;
}

/** A playground over a ring of Events, on a clock that stands still: thread and limit are of real time. */
export function makePlayground({
  configuration,
  events = 10,
  limits = {},
  signal = new AbortController().signal,
}: PlaygroundParts): Playground {
  const bed = new RingBed();
  const all = typeof events === "number" ? Array.from({ length: events }, () => ({})) : events;
  const message = "x".repeat(4000);
  bed.watch(...all.map((more, index) => rawEvent(index + 1, bed.clock.now(), { message, ...more })));
  return new Playground({
    clock: bed.clock,
    configuration: () => configuration,
    ring: () => bed.ring,
    signal,
    limits: { ...ENDLESS, ...limits },
  });
}
