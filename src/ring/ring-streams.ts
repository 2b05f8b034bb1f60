import { type Batch, isOrderedVersion, isSameOrOlder, type Observation } from "../event/index.ts";
import { joinKey } from "../lib/joined-key.ts";

/** The known facts about the stream of a batch. */
export interface Known {
  /** The version up to which its watch was read, also by the process before; undefined before the first position. */
  readonly readUpTo: string | undefined;
  /** Whether the stream is live: then a list only makes sure, and the watch shows everything. */
  readonly isLive: boolean;
}

interface RingStream extends Pick<Batch, "cluster" | "scope" | "epoch"> {
  /** The version from which the watch of this process goes on; undefined when it begins with a list. */
  readonly startedFrom: string | undefined;
  /** Whether a list of this process has ended. */
  isListed: boolean;
  /** The newest version that the watch showed. */
  newest: string;
}

/**
 * Tells the observations that a ring does not have yet. The first list after a start shows what came before the start;
 * later ones repeat the watch, but for those after a gap. A watch that goes on repeats its last Event.
 */
export class RingStreams {
  readonly #streams = new Map<string, RingStream>();
  /** The one of the last batch: most clusters have only one. */
  #last: RingStream | undefined;

  freshOf(batch: Batch, known: Known): readonly Observation[] {
    const stream = this.#streamOf(batch, known.readUpTo);
    return batch.via === "watch" ? watched(batch, stream) : listed(batch, stream, known);
  }

  #streamOf({ cluster, scope, epoch }: Batch, startedFrom: string | undefined): RingStream {
    const last = this.#last;
    if (last?.cluster === cluster && last.scope === scope && last.epoch === epoch) return last;
    const key = joinKey([cluster, scope]);
    const known = this.#streams.get(key);
    // In another epoch the server may use versions again.
    const fresh = { cluster, scope, epoch, startedFrom, isListed: false, newest: startedFrom ?? "" };
    const stream = known?.epoch === epoch ? known : fresh;
    this.#streams.set(key, stream);
    this.#last = stream;
    return stream;
  }
}

function watched({ observations }: Batch, stream: RingStream): readonly Observation[] {
  let repeated = 0;
  for (const { version } of observations) {
    if (!isSameOrOlder(version, stream.newest)) break;
    repeated += 1;
  }
  stream.newest = observations.at(-1)?.version ?? stream.newest;
  return repeated === 0 ? observations : observations.slice(repeated);
}

function listed(
  { observations, listEnds }: Batch,
  stream: RingStream,
  { isLive }: Known,
): readonly Observation[] {
  const { startedFrom, isListed, newest } = stream;
  const isFirst = !isListed;
  stream.isListed ||= listEnds;
  if (isFirst && startedFrom === undefined) return observations;
  return observations.filter(
    ({ version }) =>
      (isFirst && startedFrom !== undefined && isSameOrOlder(version, startedFrom)) ||
      (!isLive && isOrderedVersion(version) && !isSameOrOlder(version, newest)),
  );
}
