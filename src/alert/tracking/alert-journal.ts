import { AlertEntity } from "../alert-entity.ts";
import { type EventRow, isSameEvent, type MemberRow, memberRowKey, type OmittedRow } from "../alert-rows.ts";
import { toEntity } from "../entity-kinds.ts";
import { type EntityChanges, joinEntityChanges } from "../entity.ts";
import { Journal } from "../journal.ts";
import type { KeptAlert } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";

/** The rows of alerts to store: the small row of each changed alert, and those of its large parts that have changed. */
export class AlertJournal {
  readonly #rows = new Journal<AlertState>("alert", (alert) => new AlertEntity(alert));
  readonly #members = new Journal<MemberRow>("member", (row) => toEntity("member", row));
  readonly #events = new Journal<EventRow>("event", (row) => toEntity("event", row));
  readonly #omitted = new Journal<OmittedRow>("omitted", (row) => toEntity("omitted", row));

  /** Records a new alert (`before` undefined), or a changed one. */
  put(before: KeptAlert | undefined, alert: KeptAlert): void {
    this.#rows.put(alert.fingerprint, alert);
    if (!alert.sharesRest(before)) this.#putParts(before, alert);
  }

  #putParts(before: KeptAlert | undefined, alert: KeptAlert): void {
    const { fingerprint, event, members, membersOmitted, sources } = alert;
    if (before === undefined || before.sources !== sources || !isSameEvent(before.event, event))
      this.#events.put(fingerprint, { fingerprint, event, sources });
    if (membersOmitted.length > 0 && before?.membersOmitted !== membersOmitted)
      this.#omitted.put(fingerprint, { fingerprint, cluster: event.cluster, membersOmitted });
    if (before?.members === members) return;
    for (const [index, member] of members.entries()) {
      if (before?.members[index] !== member)
        this.#members.put(memberRowKey(fingerprint, member), { fingerprint, index, member });
    }
  }

  /** Records that an alert was forgotten, with all its parts. */
  forget({ fingerprint, members, membersOmitted }: AlertState): void {
    this.#rows.forget(fingerprint);
    this.#events.forget(fingerprint);
    if (membersOmitted.length > 0) this.#omitted.forget(fingerprint);
    for (const member of members) this.#members.forget(memberRowKey(fingerprint, member));
  }

  /** The changes since the last call, each key once. */
  drain(): EntityChanges {
    return joinEntityChanges([
      this.#rows.drain(),
      this.#members.drain(),
      this.#events.drain(),
      this.#omitted.drain(),
    ]);
  }
}
