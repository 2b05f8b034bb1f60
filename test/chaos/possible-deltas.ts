import type { WriteRecord } from "./writer.ts";

/** Both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A state as an observer knows it. */
interface State {
  readonly life: number;
  readonly count: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly isNeeded: boolean;
}

/**
 * The numbers of occurrences that an observer may count who sees the needed states and any of the others
 * (docs/design/events.md#counting-occurrences). For a counter that only grows it is one number.
 *
 * @param ok What the server took, in order.
 */
export function deltasPossible(ok: readonly WriteRecord[], needed: ReadonlySet<number>): Range {
  const states = statesOf(ok, needed);
  /** Sums of those who have seen nothing after the state of this index; the last entry is the last one seen. */
  let open: { readonly state: State | undefined; readonly range: Range }[] = [
    { state: undefined, range: { least: 0, most: 0 } },
  ];
  for (const state of states) {
    const reached = open.map((from) => {
      const delta = deltaBetween(from.state, state);
      return { least: from.range.least + delta, most: from.range.most + delta };
    });
    const range = {
      least: Math.min(...reached.map(({ least }) => least)),
      most: Math.max(...reached.map(({ most }) => most)),
    };
    open = state.isNeeded ? [{ state, range }] : [...open, { state, range }];
  }
  return {
    least: Math.min(...open.map(({ range }) => range.least)),
    most: Math.max(...open.map(({ range }) => range.most)),
  };
}

function statesOf(ok: readonly WriteRecord[], needed: ReadonlySet<number>): readonly State[] {
  let life = 0;
  return ok.flatMap(({ write, firstSeenAt, lastSeenAt }) => {
    if (write.op === "delete") {
      life += 1;
      return [];
    }
    return [{ life, count: write.count, firstSeenAt, lastSeenAt, isNeeded: needed.has(write.state) }];
  });
}

function deltaBetween(before: State | undefined, state: State): number {
  if (before === undefined) return state.count;
  if (before.life !== state.life) {
    const countsOn = state.count > before.count && state.firstSeenAt === before.firstSeenAt;
    return countsOn ? state.count - before.count : state.count;
  }
  if (state.count > before.count) return state.count - before.count;
  const restarted = state.count < before.count && state.lastSeenAt === before.lastSeenAt;
  return restarted || state.lastSeenAt > before.lastSeenAt ? 1 : 0;
}
