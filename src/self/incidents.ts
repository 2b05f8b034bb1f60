import type { SinkStatus } from "../delivery/index.ts";
import { formatDuration } from "../lib/duration.ts";
import type { SourceStatus } from "../source/index.ts";
import type { StateDamage } from "../store/index.ts";
import type { LastingIncident, Incident } from "./self-alerts.ts";

/** What mends itself sooner is not worth a message. */
const LASTS_MS = 5 * 60_000;

/** A sink that has not worked for some minutes. */
export function sinkIncident({ sink, state, error }: SinkStatus): readonly LastingIncident[] {
  if (state !== "failing" && state !== "broken") return [];
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
      of: [sink],
      afterMs: LASTS_MS,
    },
  ];
}

/** Messages that a sink has refused for good. */
export function deadLetterIncident(sink: string, error: string): Incident {
  return {
    key: `dead-letter:${sink}`,
    severity: "warning",
    title: `sink ${sink} did not get a message`,
    text: `It is a dead letter: kept, but not sent again by itself. The reason: ${error}. See tocsin dead-letters list, then retry or drop it.`,
    of: [sink],
  };
}

/** A stream of events that has not been followed for some minutes. */
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
      of: [],
      afterMs: LASTS_MS,
    },
  ];
}

/** Events may have come and expired while nobody looked. @param from Epoch milliseconds. @param to Likewise. */
export function gapIncident(scope: string, from: number, to: number, eventTtlMs: number): Incident {
  return {
    key: `gap:${scope}`,
    severity: "warning",
    title: `possible gap from ${toMinute(from)} to ${toMinute(to)}`,
    text: `Events were not followed in this time, and the API server keeps them for ${formatDuration(eventTtlMs)} only: what came and expired in it was not seen. What is still there has been read. Look by other means at what happened then.`,
    of: [],
  };
}

/** The server remembers less than it did before. */
export function rewindIncident(scope: string): Incident {
  return {
    key: `rewind:${scope}`,
    severity: "warning",
    title: "the event history of the API server went backwards",
    text: "So it is after a restore of etcd. Everything was listed again; alerts may come twice, and what the server has forgotten was not seen if it was new. Nothing is to be done here.",
    of: [],
  };
}

/** Something on the watch that is no event. */
export function garbledIncident(scope: string, error: string): Incident {
  return {
    key: `garbled:${scope}`,
    severity: "warning",
    title: "the API server sent a line that cannot be read",
    text: `Everything after it is read again; only what that line said may be missing. The reason: ${error}. Look at proxies between Tocsin and the API server.`,
    of: [],
  };
}

/** An Event that is none. */
export function malformedIncident(error: string): Incident {
  return {
    key: "malformed",
    severity: "warning",
    title: "the API server sent an Event that cannot be read",
    text: `It was left out; all others are read. The reason: ${error}. tocsin_events_total{result="malformed"} counts them; look at proxies between Tocsin and the API server.`,
    of: [],
  };
}

/** A changed configuration that is not in use. @param finding The first of what is wrong; "" when nobody said. */
export function reloadIncident(finding: string): LastingIncident {
  return {
    key: "reload",
    severity: "warning",
    title: "the changed configuration is refused",
    text: `The old one goes on, so nothing is lost, but the change has no effect. ${finding === "" ? "" : `${finding}. `}Run tocsin check.`,
    of: [],
    afterMs: 0,
  };
}

/** A store that takes nothing. */
export function storeIncident(trouble: string): readonly LastingIncident[] {
  if (trouble === "") return [];
  return [
    {
      key: "store",
      severity: "critical",
      title: "the state cannot be stored",
      text: `No alert goes out until it can be. Nothing is lost as long as the API server keeps its events. The reason: ${trouble}. Make space, or mend the disk.`,
      of: [],
      afterMs: LASTS_MS,
    },
  ];
}

/** A state file that was not as it should be at the start. */
export function stateIncident({ kind, path, reason, movedTo = "" }: StateDamage): Incident {
  const common = { key: `state:${kind}`, of: [] };
  switch (kind) {
    case "moved":
      return {
        ...common,
        severity: "critical",
        title: "the state file was damaged",
        text: `Open alerts and messages that waited are forgotten; what still goes on is told again. It lies at ${movedTo} now (${reason}). Look at the disk under ${path}.`,
      };
    case "unusable":
      return {
        ...common,
        severity: "critical",
        title: "the state file cannot be used",
        text: `The state is in memory: a restart forgets open alerts and messages that wait. The reason: ${reason}. Make ${path} writable and restart.`,
      };
    case "incomplete":
      return {
        ...common,
        severity: "warning",
        title: "the state file lacks what was stored last",
        text: `Messages may come twice. The reason: ${reason}. Look whether something removes files beside ${path}.`,
      };
  }
}

function toMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")}Z`;
}
