import { signal } from "@preact/signals";

/**
 * How the page learns what is new. `joining` at first; `live` by the stream; `asking` every few seconds where no stream
 * is to be had; `lost` while nothing answers.
 */
export type Liveness = "joining" | "live" | "asking" | "lost";

/** The present way. */
export const liveness = signal<Liveness>("joining");

/** When the bridge was heard last, epoch milliseconds of this browser; 0 for never. */
export const heardAt = signal(0);

/** Kinds of things that may have changed; views read their lists anew when the number of one rises. */
export const turns = {
  silences: signal(0),
  deliveries: signal(0),
  config: signal(0),
  history: signal(0),
} as const;

/** Says that things of a kind have changed. */
export function turn(kind: keyof typeof turns): void {
  turns[kind].value += 1;
}

/** Says that anything may have changed that the stream would have told. */
export function turnAll(): void {
  turn("silences");
  turn("deliveries");
  turn("history");
}
