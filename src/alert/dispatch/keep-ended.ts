import type { EndedAlert, UntoldReason } from "../ended-alert.ts";
import { type Composing, endOf, toNotified } from "../message/to-notified.ts";
import type { NotifiedAlert } from "../notification.ts";
import type { AlertState } from "../state.ts";
import { composingWithoutLogs } from "./composing.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { heardOf } from "./heard.ts";
import { groupsOf } from "./membership.ts";

/** Objects that the history names of an alert. */
const MOST_OBJECTS = 10;

/**
 * Keeps an alert that leaves for the history.
 *
 * @param alert Resolved. @param reason Why nobody was told, should that be so.
 */
export function keepEnded(context: DispatchContext, alert: AlertState, reason: UntoldReason): void {
  const heard = heardOf(context, alert);
  const unaccepted = heard.filter(({ accepted }) => !accepted);
  const [group] = groupsOf(context, alert);
  context.ended.push(
    new EndedRecord(alert, {
      id: context.newId(),
      resolvedAt: endOf(alert) ?? context.now,
      told: heard.filter(({ accepted }) => accepted).map(({ sink }) => sink),
      unaccepted: unaccepted.map(({ sink, groupKey, deliveryId }) => ({ sink, groupKey, deliveryId })),
      reason: unaccepted.length > 0 ? "not_accepted" : reason,
      group: { key: group?.key ?? "", labels: group?.labels ?? {} },
      // A text that cannot be rendered is counted by the messages about the alert.
      composing: { ...composingWithoutLogs(context), onTextError: () => undefined },
    }),
  );
}

type Told = Pick<EndedAlert, "id" | "resolvedAt" | "told" | "unaccepted" | "reason"> & {
  readonly group: { readonly key: string; readonly labels: Readonly<Record<string, string>> };
  readonly composing: Composing;
};

/**
 * An ended alert whose words are made when somebody asks: one step may end every alert, and their words together would
 * take several times the memory of the alerts.
 */
class EndedRecord implements EndedAlert {
  readonly #alert: AlertState;
  readonly #told: Told;

  constructor(alert: AlertState, told: Told) {
    this.#alert = alert;
    this.#told = told;
  }

  get id(): string {
    return this.#told.id;
  }

  get firstSeenAt(): number {
    return Math.min(this.#alert.firstSeenAt, this.#told.resolvedAt);
  }

  get firedAt(): number | undefined {
    return this.#alert.firedAt;
  }

  get resolvedAt(): number {
    return this.#told.resolvedAt;
  }

  get alert(): NotifiedAlert {
    const { group, composing } = this.#told;
    return toNotified(this.#alert, { group: { ...group, alerts: 1 }, room: MOST_OBJECTS }, composing);
  }

  get told(): readonly string[] {
    return this.#told.told;
  }

  get unaccepted(): EndedAlert["unaccepted"] {
    return this.#told.unaccepted;
  }

  get reason(): UntoldReason {
    return this.#told.reason;
  }
}
