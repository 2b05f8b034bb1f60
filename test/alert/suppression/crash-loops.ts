import type { BedOptions, EngineBed, EventSketch } from "../../support/engine-bed.ts";

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** The options that a test gives; the bed has the others. */
export type Options = Partial<BedOptions>;

/** Crash loops, which end by a start and not within a story's silence, and points. */
export const RULES = `
rules:
  - name: back-off
    description: A container keeps crashing.
    match: { reason: BackOff }
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 2d }
    severity: warning
  - { name: oom, match: { reason: SystemOOM }, severity: warning, lifecycle: point, resolve: { maxAge: 12h } }
`;

export function pod(name: string, more: Partial<EventSketch> = {}): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${name}`, ...more };
}

export function started(name: string): EventSketch {
  return { reason: "Started", type: "Normal", object: `shop/Pod/${name}` };
}

/** `second kind/trigger alerts` of every message. */
export function told(story: EngineBed): readonly string[] {
  return story.messages.map(({ at, kind, trigger, alerts }) => `${at} ${kind}/${trigger} ${alerts}`);
}
