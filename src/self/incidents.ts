import type { SinkStatus } from "../delivery/index.ts";
import { formatDuration } from "../lib/duration.ts";
import type { Severity } from "../lib/severity.ts";
import type { SourceStatus } from "../source/index.ts";
import type { StateDamage } from "../store/index.ts";

/** An incident that ends within this time sends no message. */
const LASTS_MS = 5 * 60_000;

/** A problem of the bridge itself, in words. */
export interface Incident {
  /** Two incidents with the same key are the same one: `sink:ops`. */
  readonly key: string;
  readonly severity: Severity;
  /** One line, to be read after "Tocsin itself:". */
  readonly title: string;
  /** The risk and the remedy. */
  readonly text: string;
  /** Names of the sinks that do not work, and so cannot carry the message. */
  readonly failingSinks: readonly string[];
}

/** An incident that has an end. A message is sent once it has lasted for `afterMs`. */
export interface LastingIncident extends Incident {
  readonly afterMs: number;
}

/** A sink that does not work, or does not reach all of its destinations. */
export function sinkIncident(status: SinkStatus): readonly LastingIncident[] {
  const { sink, state, error } = status;
  if (state !== "failing" && state !== "broken") return destinationsIncident(status);
  const what = state === "broken" ? "is broken" : "does not work";
  const cure =
    state === "broken"
      ? `Mend its address, credentials or receiver; tocsin send-test ${sink} shows whether it works.`
      : "It is tried again and again; look whether its receiver is up.";
  return [
    {
      key: `sink:${sink}`,
      severity: "warning",
      title: `sink ${sink} ${what}`,
      text: `Nothing is lost: its messages wait and are sent when it works again. Last answer: ${error}. ${cure}`,
      failingSinks: [sink],
      afterMs: LASTS_MS,
    },
  ];
}

function destinationsIncident(status: SinkStatus): readonly LastingIncident[] {
  const { sink, destinations, destinationsOmitted } = status;
  const down = destinations.filter(({ state }) => state === "failing" || state === "broken");
  const [worst] = down;
  if (worst === undefined) return [];
  const others = down.length - 1 + destinationsOmitted;
  return [
    {
      key: `sink:${sink}/destinations`,
      severity: "warning",
      title: `sink ${sink} does not reach ${worst.destination}${others === 0 ? "" : ` and ${others} more`}`,
      text: `Nothing is lost: messages to it wait and are sent when it works again; the other destinations get theirs. Last answer: ${worst.error}. Mend the destination, or route its alerts elsewhere.`,
      failingSinks: [],
      afterMs: LASTS_MS,
    },
  ];
}

/** A message that a sink has refused for good. */
export function deadLetterIncident(sink: string, error: string): Incident {
  return {
    key: `dead-letter:${sink}`,
    severity: "warning",
    title: `sink ${sink} did not get a message`,
    text: `It is a dead letter: kept, but not sent again by itself. The reason: ${error}. See tocsin dead-letters list, then retry or drop it.`,
    failingSinks: [sink],
  };
}

/** Records of `forward` that the state has no room for. */
export function refusedIncident(sink: string): Incident {
  return {
    key: `forward:${sink}`,
    severity: "warning",
    title: `records for sink ${sink} are dropped`,
    text: `So many wait for it that state.maxBytes has no room for more of them; alerts go on. tocsin_forward_dropped_total{sink="${sink}"} counts them. Mend the sink, give it a maxAge, forward less to it, or raise state.maxBytes.`,
    failingSinks: [],
  };
}

/** A stream of events that cannot be followed. */
export function watchIncident(
  { scope, state, trouble }: SourceStatus,
  eventTtlMs: number,
): readonly LastingIncident[] {
  if (state === "watching" || trouble === "") return [];
  return [
    {
      key: `watch:${scope}`,
      severity: "critical",
      title: "events cannot be followed",
      text: `No alert comes from new events. Nothing is lost as long as the API server keeps them (${formatDuration(eventTtlMs)}). The reason: ${trouble}.`,
      failingSinks: [],
      afterMs: LASTS_MS,
    },
  ];
}

/** Events may have come and expired unseen. @param from Epoch milliseconds. @param to Likewise. */
export function gapIncident(scope: string, from: number, to: number, eventTtlMs: number): Incident {
  return {
    key: `gap:${scope}`,
    severity: "warning",
    title: `possible gap from ${toMinute(from)} to ${toMinute(to)}`,
    text: `Events were not followed in this time, and the API server keeps them for ${formatDuration(eventTtlMs)} only: what came and expired in it was not seen. What is still there has been read. Look by other means at what happened then.`,
    failingSinks: [],
  };
}

/** The server remembers less than it did before. */
export function rewindIncident(scope: string): Incident {
  return {
    key: `rewind:${scope}`,
    severity: "warning",
    title: "the event history of the API server went backwards",
    text: "So it is after a restore of etcd. Everything was listed again; alerts may come twice, and what the server has forgotten was not seen if it was new. Nothing is to be done here.",
    failingSinks: [],
  };
}

/** A line of the watch that is no Event. */
export function garbledIncident(scope: string, error: string): Incident {
  return {
    key: `garbled:${scope}`,
    severity: "warning",
    title: "the API server sent a line that cannot be read",
    text: `Everything after it is read again; only what that line said may be missing. The reason: ${error}. Look at proxies between Tocsin and the API server.`,
    failingSinks: [],
  };
}

/** An Event that cannot be read. */
export function malformedIncident(error: string): Incident {
  return {
    key: "malformed",
    severity: "warning",
    title: "the API server sent an Event that cannot be read",
    text: `It was left out; all others are read. The reason: ${error}. tocsin_events_total{result="malformed"} counts them; look at proxies between Tocsin and the API server.`,
    failingSinks: [],
  };
}

/** A changed configuration that was refused. @param finding The first error in it; "" for none. */
export function reloadIncident(finding: string): LastingIncident {
  return {
    key: "reload",
    severity: "warning",
    title: "the changed configuration is refused",
    text: `The old one goes on, so nothing is lost, but the change has no effect. ${finding === "" ? "" : `${finding}. `}Run tocsin check.`,
    failingSinks: [],
    afterMs: 0,
  };
}

/** A store that refuses writes. @param error Its last error; "" while it works. */
export function storeIncident(error: string): readonly LastingIncident[] {
  if (error === "") return [];
  return [
    {
      key: "store",
      severity: "critical",
      title: "the state cannot be stored",
      text: `No alert goes out until it can be. Nothing is lost as long as the API server keeps its events. The reason: ${error}. Make space, or mend the disk.`,
      failingSinks: [],
      afterMs: LASTS_MS,
    },
  ];
}

/** Damage that the start found in the state file. */
export function stateIncident(damage: StateDamage): Incident {
  const { kind, path, reason, movedTo = "", copyFault = "" } = damage;
  const common = { key: `state:${kind}`, failingSinks: [] };
  switch (kind) {
    case "moved":
      return {
        ...common,
        severity: "critical",
        title: "the state file was damaged",
        text: `Open alerts and messages that waited are forgotten; Tocsin sends problems that go on again. It lies at ${movedTo} now (${reason}).${copyFault === "" ? "" : ` Its copy cannot be used: ${copyFault}.`} Look at the disk under ${path}.`,
      };
    case "restored":
    case "found":
    case "failing":
      return copiedStateIncident(damage);
    case "unusable":
      return {
        ...common,
        severity: "critical",
        title: "the state file cannot be used",
        text: `The state is in memory: a restart forgets open alerts and messages that wait. The reason: ${reason}. Make ${path} writable, or make space there, and restart.`,
      };
    case "empty":
      return {
        ...common,
        severity: "critical",
        title: "the state file was empty",
        text: `Open alerts and messages that waited are forgotten; Tocsin sends problems that go on again. Look for who emptied ${path}.`,
      };
    case "rows":
      return {
        ...common,
        severity: "warning",
        title: "part of the stored state cannot be read",
        text: `Tocsin goes on without these rows: ${reason}. An alert whose row is lost begins anew with its next Event, and its end is not sent. Look at the disk under ${path}.`,
      };
    case "incomplete":
      return {
        ...common,
        severity: "warning",
        title: "the state file lacks what was stored last",
        text: `Messages may come twice. The reason: ${reason}. Look whether something removes files beside ${path}, and at the disk.`,
      };
  }
}

/** Damage where the daily copy counts. */
function copiedStateIncident({ kind, path, reason, movedTo = "", copiedAt }: StateDamage): Incident {
  const common = { key: `state:${kind}`, severity: "critical", failingSinks: [] } as const;
  if (kind === "restored") {
    return {
      ...common,
      title: `the state file was damaged, and went back to its copy of ${toMinute(copiedAt ?? 0)}`,
      text: `Alerts that were open then are open again, and are looked at anew. Messages of the time since may come twice, also ends. Alerts that began and ended since, and changes of silences and dead letters since, are forgotten: look at your silences. The damaged file lies at ${movedTo} (${reason}). Look at the disk under ${path}.`,
    };
  }
  const cure =
    copiedAt === undefined
      ? "There is no copy of it yet: a restart begins with an empty one."
      : `A restart goes back to its copy of ${toMinute(copiedAt)}.`;
  return {
    ...common,
    title: "the state file is damaged",
    text: `${cure} The reason: ${reason}. Look at the disk under ${path}.`,
  };
}

/** The daily copy of the state file could not be made. @param kind `skipped`: its disk has no room. */
export function copyIncident(kind: "skipped" | "failed", reason: string): Incident {
  const cure = kind === "skipped" ? "Make room on its disk, or lower state.maxBytes." : "Look at its disk.";
  return {
    key: "copy",
    severity: "warning",
    title: "the state file could not be copied today",
    text: `The last copy stays. Should the state file be damaged, all that is newer is forgotten. The reason: ${reason}. ${cure}`,
    failingSinks: [],
  };
}

function toMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;
}
