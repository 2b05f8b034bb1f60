import {
  type CommonFields,
  commonOf,
  type OwnFields,
  ownOf,
  partsOf,
  type RestingFields,
} from "./alert-parts.ts";
import type { AlertShelf } from "./alert-shelf.ts";
import type { StreamKey } from "./engine-input.ts";
import type { AlertState } from "./state.ts";

/** The common fields, and the stream of the Events: one object for all alerts that have them alike. */
interface Common {
  readonly fields: CommonFields;
  readonly stream: StreamKey;
}

/** Every field is a member of the class, also those that an alert may lack. */
type Complete<State> = { readonly [Field in keyof Required<State>]: State[Field] };

/**
 * An alert as the book keeps it: most of its fields rest as a text until somebody reads them. These are getters, so that
 * a spread loses them: use `changed` and `plain`.
 */
export class KeptAlert implements Complete<AlertState> {
  readonly fingerprint: AlertState["fingerprint"];
  readonly firstSeenAt: AlertState["firstSeenAt"];
  readonly occurredAt: AlertState["occurredAt"];
  readonly activeAt: AlertState["activeAt"];
  readonly confirmedAt: AlertState["confirmedAt"];
  readonly well: AlertState["well"];
  readonly firstLookAt: AlertState["firstLookAt"];
  readonly occurrences: AlertState["occurrences"];
  readonly accounted: AlertState["accounted"];
  readonly inhibited: AlertState["inhibited"];
  readonly destinations: AlertState["destinations"];
  readonly #common: Common;
  readonly #shelf: AlertShelf;
  /** Until it rests for the first time. */
  #fresh: RestingFields | undefined;
  #text = "";
  /** Apart from the others: routes, silences and inhibition read them, and nothing else, of every alert. */
  #labelsText = "";
  /** As somebody read it lately: within one step of the engine nearly all readers get the same objects. */
  #read: RestingFields | undefined;

  /** @param shelf The one of the book. */
  static of(alert: AlertState, shelf: AlertShelf): KeptAlert {
    if (alert instanceof KeptAlert) return alert;
    const { own, common, resting } = partsOf(alert);
    const { cluster, namespace } = alert.event;
    const shared = { fields: common, stream: { cluster, namespace } };
    const kept = new KeptAlert({ ...own, ...sharedOf(own, shelf) }, shelf.shared.of(shared), shelf);
    kept.#fresh = resting;
    return kept;
  }

  private constructor(own: OwnFields, common: Common, shelf: AlertShelf) {
    this.fingerprint = own.fingerprint;
    this.firstSeenAt = own.firstSeenAt;
    this.occurredAt = own.occurredAt;
    this.activeAt = own.activeAt;
    this.confirmedAt = own.confirmedAt;
    this.well = own.well;
    this.firstLookAt = own.firstLookAt;
    this.occurrences = own.occurrences;
    this.accounted = own.accounted;
    this.inhibited = own.inhibited;
    this.destinations = own.destinations;
    this.#common = common;
    this.#shelf = shelf;
  }

  get rule(): AlertState["rule"] {
    return this.#common.fields.rule;
  }

  get phase(): AlertState["phase"] {
    return this.#common.fields.phase;
  }

  get severity(): AlertState["severity"] {
    return this.#common.fields.severity;
  }

  get lifecycle(): AlertState["lifecycle"] {
    return this.#common.fields.lifecycle;
  }

  get runbook(): AlertState["runbook"] {
    return this.#common.fields.runbook;
  }

  get dashboard(): AlertState["dashboard"] {
    return this.#common.fields.dashboard;
  }

  get quietMs(): AlertState["quietMs"] {
    return this.#common.fields.quietMs;
  }

  get maxAgeMs(): AlertState["maxAgeMs"] {
    return this.#common.fields.maxAgeMs;
  }

  get series(): AlertState["series"] {
    return this.#common.fields.series;
  }

  get estimated(): AlertState["estimated"] {
    return this.#common.fields.estimated;
  }

  get counters(): AlertState["counters"] {
    return this.#common.fields.counters;
  }

  get proof(): AlertState["proof"] {
    return this.#common.fields.proof;
  }

  get overflow(): AlertState["overflow"] {
    return this.#common.fields.overflow;
  }

  get ruleVersion(): AlertState["ruleVersion"] {
    return this.#common.fields.ruleVersion;
  }

  get isTombstone(): AlertState["isTombstone"] {
    return this.#common.fields.isTombstone;
  }

  get isTold(): AlertState["isTold"] {
    return this.#common.fields.isTold;
  }

  get labels(): AlertState["labels"] {
    const known = this.#fresh ?? this.#read;
    // `rest` packed them.
    return known?.labels ?? (this.#shelf.packer.unpack(this.#labelsText) as AlertState["labels"]);
  }

  get identity(): AlertState["identity"] {
    return this.#resting.identity;
  }

  get openedAt(): AlertState["openedAt"] {
    return this.#resting.openedAt;
  }

  get metAt(): AlertState["metAt"] {
    return this.#resting.metAt;
  }

  get firedAt(): AlertState["firedAt"] {
    return this.#resting.firedAt;
  }

  get resolvedAt(): AlertState["resolvedAt"] {
    return this.#resting.resolvedAt;
  }

  get resolvedBy(): AlertState["resolvedBy"] {
    return this.#resting.resolvedBy;
  }

  get endedAt(): AlertState["endedAt"] {
    return this.#resting.endedAt;
  }

  get lastSeenAt(): AlertState["lastSeenAt"] {
    return this.#resting.lastSeenAt;
  }

  get ends(): AlertState["ends"] {
    return this.#resting.ends;
  }

  get againAt(): AlertState["againAt"] {
    return this.#resting.againAt;
  }

  get comings(): AlertState["comings"] {
    return this.#resting.comings;
  }

  get heard(): AlertState["heard"] {
    return this.#resting.heard;
  }

  get unwatchedMs(): AlertState["unwatchedMs"] {
    return this.#resting.unwatchedMs;
  }

  get windowOmitted(): AlertState["windowOmitted"] {
    return this.#resting.windowOmitted;
  }

  get event(): AlertState["event"] {
    return this.#resting.event;
  }

  get members(): AlertState["members"] {
    return this.#resting.members;
  }

  get membersOmitted(): AlertState["membersOmitted"] {
    return this.#resting.membersOmitted;
  }

  get sources(): AlertState["sources"] {
    return this.#resting.sources;
  }

  /** Where its Events lie. */
  get stream(): StreamKey {
    return this.#common.stream;
  }

  get #resting(): RestingFields {
    const known = this.#fresh ?? this.#read;
    if (known !== undefined) return known;
    // `rest` packed them, and nobody else writes the text.
    const others = this.#shelf.packer.unpack(this.#text) as Omit<RestingFields, "labels">;
    const read = { ...others, labels: this.labels };
    this.#wake(read);
    return read;
  }

  /** Packs the fields that rest, if nobody has yet. */
  rest(): void {
    if (this.#fresh === undefined) return;
    const { labels, ...others } = this.#fresh;
    this.#text = this.#shelf.packer.pack(others);
    this.#labelsText = this.#shelf.packer.pack(labels);
    this.#fresh = undefined;
  }

  /** Forgets what was read of it. */
  sleep(): void {
    this.#read = undefined;
  }

  /** Whether another alert has the very same resting fields. */
  sharesRest(other: AlertState | undefined): boolean {
    return (
      other instanceof KeptAlert &&
      other.#fresh === this.#fresh &&
      other.#text === this.#text &&
      other.#labelsText === this.#labelsText
    );
  }

  /** See the function `changed`. */
  changed(patch: Partial<AlertState>): AlertState {
    const { fields, stream } = this.#common;
    const own = ownOf(this);
    const names = Object.keys(patch);
    if (!names.every((name) => name in own || name in fields)) return { ...this.plain(), ...patch };
    const common = names.some((name) => name in fields)
      ? this.#shelf.shared.of({ fields: commonOf({ ...fields, ...patch }), stream })
      : this.#common;
    const later = new KeptAlert({ ...own, ...patch, ...sharedOf(patch, this.#shelf) }, common, this.#shelf);
    later.#fresh = this.#fresh;
    later.#text = this.#text;
    later.#labelsText = this.#labelsText;
    if (this.#read !== undefined) later.#wake(this.#read);
    return later;
  }

  /** See the function `plain`. */
  plain(): AlertState {
    return { ...this.#resting, ...this.#common.fields, ...ownOf(this) };
  }

  #wake(read: RestingFields): void {
    this.#read = read;
    this.#shelf.wake(this);
  }
}

/** The alert with other values in some fields. A resting field that is not among them goes on resting. */
export function changed(alert: AlertState, patch: Partial<AlertState>): AlertState {
  return alert instanceof KeptAlert ? alert.changed(patch) : { ...alert, ...patch };
}

/** The alert with all its fields as properties. */
export function plain(alert: AlertState): AlertState {
  return alert instanceof KeptAlert ? alert.plain() : alert;
}

/** The cluster and the namespace that the Events of an alert lie in; wakes nothing that rests. */
export function streamOf(alert: AlertState): StreamKey {
  return alert instanceof KeptAlert ? alert.stream : alert.event;
}

/** Whether two alerts are known to have the same labels, members and event; wakes nothing that rests. */
export function shareRest(a: AlertState | undefined, b: AlertState | undefined): boolean {
  return a instanceof KeptAlert && a.sharesRest(b);
}

/** The fields that many alerts have alike although each has its own. */
function sharedOf(
  { accounted, destinations }: Partial<OwnFields>,
  { shared }: AlertShelf,
): Partial<Pick<OwnFields, "accounted" | "destinations">> {
  return {
    ...(accounted === undefined ? {} : { accounted: shared.of(accounted) }),
    ...(destinations === undefined ? {} : { destinations: shared.of(destinations) }),
  };
}
