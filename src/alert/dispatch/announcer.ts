import type { NewDelivery } from "../changes.ts";
import { composeDigest, type Digest } from "../message/compose-digest.ts";
import { compose, type Composing, type Occasion, toNotified } from "../message/compose.ts";
import { isProven, type Notification, type NotifiedAlert, type NotifyReason } from "../notification.ts";
import type { EngineObserver } from "../observer.ts";
import type { Policy, SinkPolicy } from "../policy.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import type { AlertBook } from "../tracking/alert-book.ts";
import type { View } from "./decide.ts";
import type { Account, DecisionLog } from "./decision-log.ts";

/** Objects that are named of an alert that came and went. */
const MOST_OBJECTS_OF_MISSED = 3;

/** One sink in one flush of one group. */
export interface Telling {
  readonly group: GroupState;
  readonly sink: SinkPolicy;
  readonly told: SentState | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Where and when this is accounted for. */
export function accountOf({ group, sink, now }: Telling): Account {
  return { groupKey: group.key, sink: sink.name, now };
}

/** What the announcer works with; the engine owns all of it. */
export interface AnnouncerDeps {
  readonly book: AlertBook;
  readonly observer: EngineObserver;
  readonly decisionLog: DecisionLog;
  readonly newId: () => string;
}

/** Puts what was decided into messages for the outbox, and accounts for it. */
export class Announcer {
  readonly #deps: AnnouncerDeps;
  #policy: Policy;
  #deliveries: NewDelivery[] = [];

  constructor(policy: Policy, parts: AnnouncerDeps) {
    this.#policy = policy;
    this.#deps = parts;
  }

  /** Other rules and sinks from now on. */
  configure(policy: Policy): void {
    this.#policy = policy;
  }

  /**
   * Something fires.
   *
   * @param suppressed Alerts that the sink is not told of, by what holds them back. @returns The id of the delivery.
   */
  announce(
    telling: Telling,
    { firing: alerts }: Pick<View, "firing">,
    { decision, suppressed = {} }: Pick<Occasion, "decision" | "suppressed">,
  ): string {
    const { told } = telling;
    const id = this.#deps.newId();
    const isFirst = told === undefined || !told.accepted;
    const opening: NotifyReason = { kind: "firing", trigger: "first" };
    this.#send(
      { ...telling, groupKey: telling.group.key },
      {
        notification: this.#compose(telling, { id, decision, alerts, suppressed }),
        opening: told === undefined,
        ifOpeningUnsent: isFirst
          ? this.#compose({ ...telling, told: undefined }, { id, decision: opening, alerts, suppressed })
          : undefined,
      },
    );
    this.#recordTold(telling, { alerts, decision, id });
    return id;
  }

  /** What a sink was told of is over, or has gone elsewhere. */
  announceEnd(telling: Telling, { owed }: Pick<View, "owed">, decision: NotifyReason): void {
    const { sink, told } = telling;
    const alerts =
      decision.trigger === "moved"
        ? Object.keys(told?.firing ?? {}).flatMap((fingerprint) => this.#deps.book.get(fingerprint) ?? [])
        : owed;
    const wanted =
      sink.sendResolved === true ||
      (sink.sendResolved === "proven" && alerts.every(({ resolvedBy }) => isProven(resolvedBy)));
    if (alerts.length === 0) return;
    if (!wanted) {
      for (const alert of alerts)
        this.#deps.decisionLog.recordSuppressed(alert, accountOf(telling), "send_resolved");
      return;
    }
    const id = this.#deps.newId();
    const notification = this.#compose(telling, { id, decision, alerts });
    const isWorthSaying = notification.severity !== "info" && decision.trigger === "all-resolved";
    const late: NotifyReason = { kind: "resolved", trigger: "cleared-before-delivery" };
    this.#send(
      { ...telling, groupKey: telling.group.key },
      {
        notification,
        opening: false,
        ifOpeningUnsent: isWorthSaying ? this.#compose(telling, { id, decision: late, alerts }) : undefined,
      },
    );
    this.#recordTold(telling, { alerts, decision, id });
  }

  /** One message of many groups, or of what came and went. @returns The id of the delivery. */
  announceDigest(
    sink: SinkPolicy,
    now: number,
    content: Pick<Digest, "cause" | "alerts" | "missed" | "missedOmitted">,
  ): string {
    const id = this.#deps.newId();
    // No later digest may replace it in the outbox: each has news of its own.
    const key = `digest/${id}`;
    const route = this.#policy.route?.name ?? "";
    const notification = composeDigest({ ...content, id, key, route, sink: sink.name }, this.#composing(now));
    this.#send({ groupKey: key, sink, now }, { notification, opening: true, ifOpeningUnsent: undefined });
    return id;
  }

  /** An alert as receivers see it in the digest that says it came and went. */
  describe(alert: AlertState, { key, labels }: GroupState, now: number): NotifiedAlert {
    const group = { key, labels, alerts: 1 };
    return toNotified(alert, { group, room: MOST_OBJECTS_OF_MISSED }, this.#composing(now));
  }

  /** Everything since the last call. */
  drainDeliveries(): readonly NewDelivery[] {
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    return deliveries;
  }

  #recordTold(
    telling: Telling,
    { alerts, decision, id }: Pick<Occasion, "alerts" | "decision" | "id">,
  ): void {
    const why = { trigger: decision.trigger, deliveryId: id };
    for (const alert of alerts) this.#deps.decisionLog.recordTold(alert, accountOf(telling), why);
  }

  #compose(
    { group, sink, told, now }: Telling,
    what: Pick<Occasion, "id" | "decision" | "alerts" | "suppressed">,
  ): Notification {
    return compose({ ...what, sink: sink.name, group, told }, this.#composing(now));
  }

  #composing(now: number): Composing {
    const { cluster, rules } = this.#policy;
    return {
      cluster,
      rule: (name) => rules.byName.get(name),
      onTextError: (rule, stage) => this.#deps.observer.ruleError(rule, stage),
      now,
    };
  }

  #send(
    { groupKey, sink, now }: { readonly groupKey: string } & Pick<Telling, "sink" | "now">,
    delivery: Pick<NewDelivery, "notification" | "opening" | "ifOpeningUnsent">,
  ): void {
    const { notification } = delivery;
    this.#deps.observer.notification(sink.name, notification.kind);
    this.#deliveries.push({
      id: notification.id,
      sink: sink.name,
      groupKey,
      ...delivery,
      createdAt: now,
      expiresAt: sink.maxAgeMs === undefined ? undefined : now + sink.maxAgeMs,
    });
  }
}
