import type { ClusterEvent } from "../event/index.ts";
import type { Packer } from "../lib/packer.ts";
import type { StreamKey } from "./engine-input.ts";
import type { AlertState, Member } from "./state.ts";

/** The large parts of an alert, which hardly anybody reads. */
type AlertParts = Pick<AlertState, "event" | "members" | "membersOmitted" | "sources">;

/** The rest of it. */
type AlertCore = Omit<AlertState, keyof AlertParts>;

const PARTS: readonly (keyof AlertParts)[] = ["event", "members", "membersOmitted", "sources"];

/** Large parts that rest as a text, a third of their size, until somebody reads them. */
class RestingParts {
  /** The cluster and the namespace that the Events lie in: timers ask for them all the time. */
  readonly stream: StreamKey;
  readonly #packer: Packer;
  #fresh: AlertParts | undefined;
  #text = "";
  /** The parts as somebody read them lately. Within one step of the engine all readers get the same objects. */
  #read: WeakRef<AlertParts> | undefined;

  constructor(parts: AlertParts, packer: Packer) {
    const { cluster, namespace } = parts.event;
    this.stream = packer.shared({ cluster, namespace });
    this.#packer = packer;
    this.#fresh = parts;
  }

  rest(): void {
    if (this.#fresh === undefined) return;
    this.#text = this.#packer.pack(this.#fresh);
    this.#fresh = undefined;
  }

  read(): AlertParts {
    const known = this.#fresh ?? this.#read?.deref();
    if (known !== undefined) return known;
    // The constructor got parts, and nobody else writes the text.
    const parts = this.#packer.unpack(this.#text) as AlertParts;
    this.#read = new WeakRef(parts);
    return parts;
  }
}

/**
 * An alert as the book keeps it: its event, members and sources rest as a text until somebody reads them. These are
 * getters, so that a spread loses them: use `changed`.
 */
export class KeptAlert implements AlertState {
  readonly fingerprint: AlertState["fingerprint"];
  readonly rule: AlertState["rule"];
  readonly phase: AlertState["phase"];
  readonly severity: AlertState["severity"];
  readonly lifecycle: AlertState["lifecycle"];
  readonly labels: AlertState["labels"];
  readonly runbook: AlertState["runbook"];
  readonly dashboard: AlertState["dashboard"];
  readonly openedAt: AlertState["openedAt"];
  readonly metAt: AlertState["metAt"];
  readonly firedAt: AlertState["firedAt"];
  readonly resolvedAt: AlertState["resolvedAt"];
  readonly resolvedBy: AlertState["resolvedBy"];
  readonly endedAt: AlertState["endedAt"];
  readonly firstSeenAt: AlertState["firstSeenAt"];
  readonly lastSeenAt: AlertState["lastSeenAt"];
  readonly occurredAt: AlertState["occurredAt"];
  readonly activeAt: AlertState["activeAt"];
  readonly quietMs: AlertState["quietMs"];
  readonly maxAgeMs: AlertState["maxAgeMs"];
  readonly series: AlertState["series"];
  readonly occurrences: AlertState["occurrences"];
  readonly estimated: AlertState["estimated"];
  readonly counters: AlertState["counters"];
  readonly proof: AlertState["proof"];
  readonly well: AlertState["well"];
  readonly confirmedAt: AlertState["confirmedAt"];
  readonly ends: AlertState["ends"];
  readonly againAt: AlertState["againAt"];
  readonly comings: AlertState["comings"];
  readonly windowOmitted: AlertState["windowOmitted"];
  readonly identity: AlertState["identity"];
  readonly ruleVersion: AlertState["ruleVersion"];
  readonly accounted: AlertState["accounted"];
  readonly inhibited: AlertState["inhibited"];
  readonly overflow: AlertState["overflow"];
  readonly isTombstone: AlertState["isTombstone"];
  readonly destinations: AlertState["destinations"];
  readonly isTold: AlertState["isTold"];
  readonly firstLookAt: AlertState["firstLookAt"];
  readonly #parts: RestingParts;

  /** @param packer The one of the book. */
  static of(alert: AlertState, packer: Packer): KeptAlert {
    if (alert instanceof KeptAlert) return alert;
    const { event, members, membersOmitted, sources } = alert;
    return new KeptAlert(alert, new RestingParts({ event, members, membersOmitted, sources }, packer));
  }

  private constructor(core: AlertCore, parts: RestingParts) {
    this.fingerprint = core.fingerprint;
    this.rule = core.rule;
    this.phase = core.phase;
    this.severity = core.severity;
    this.lifecycle = core.lifecycle;
    this.labels = core.labels;
    this.runbook = core.runbook;
    this.dashboard = core.dashboard;
    this.openedAt = core.openedAt;
    this.metAt = core.metAt;
    this.firedAt = core.firedAt;
    this.resolvedAt = core.resolvedAt;
    this.resolvedBy = core.resolvedBy;
    this.endedAt = core.endedAt;
    this.firstSeenAt = core.firstSeenAt;
    this.lastSeenAt = core.lastSeenAt;
    this.occurredAt = core.occurredAt;
    this.activeAt = core.activeAt;
    this.quietMs = core.quietMs;
    this.maxAgeMs = core.maxAgeMs;
    this.series = core.series;
    this.occurrences = core.occurrences;
    this.estimated = core.estimated;
    this.counters = core.counters;
    this.proof = core.proof;
    this.well = core.well;
    this.confirmedAt = core.confirmedAt;
    this.ends = core.ends;
    this.againAt = core.againAt;
    this.comings = core.comings;
    this.windowOmitted = core.windowOmitted;
    this.identity = core.identity;
    this.ruleVersion = core.ruleVersion;
    this.accounted = core.accounted;
    this.inhibited = core.inhibited;
    this.overflow = core.overflow;
    this.isTombstone = core.isTombstone;
    this.destinations = core.destinations;
    this.isTold = core.isTold;
    this.firstLookAt = core.firstLookAt;
    this.#parts = parts;
  }

  get event(): ClusterEvent {
    return this.#parts.read().event;
  }

  get members(): readonly Member[] {
    return this.#parts.read().members;
  }

  get membersOmitted(): readonly string[] {
    return this.#parts.read().membersOmitted;
  }

  get sources(): readonly string[] {
    return this.#parts.read().sources;
  }

  /** Where its Events lie. */
  get stream(): StreamKey {
    return this.#parts.stream;
  }

  /** Packs the large parts, if nobody has yet. */
  rest(): void {
    this.#parts.rest();
  }

  /** Whether another alert has the very same large parts. */
  sharesParts(other: AlertState | undefined): boolean {
    return other instanceof KeptAlert && other.#parts === this.#parts;
  }

  /** See the function `changed`. */
  changed(patch: Partial<AlertState>): AlertState {
    // All but the large parts, which are getters.
    const core: AlertCore = Object.assign<object, AlertCore>({}, this);
    return PARTS.some((part) => Object.hasOwn(patch, part))
      ? { ...core, ...this.#parts.read(), ...patch }
      : new KeptAlert({ ...core, ...patch }, this.#parts);
  }
}

/** The alert with other values in some fields. A large part that is not among them goes on resting. */
export function changed(alert: AlertState, patch: Partial<AlertState>): AlertState {
  return alert instanceof KeptAlert ? alert.changed(patch) : { ...alert, ...patch };
}

/** The cluster and the namespace that the Events of an alert lie in; wakes no part that rests. */
export function streamOf(alert: AlertState): StreamKey {
  return alert instanceof KeptAlert ? alert.stream : alert.event;
}
