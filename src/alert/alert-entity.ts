import { AlertColumns } from "./alert-columns.ts";
import { toAlertRow } from "./alert-rows.ts";
import { clusterOfAlert, ENTITY_KINDS } from "./entity-kinds.ts";
import type { Entity } from "./entity.ts";
import type { AlertState } from "./state.ts";

/**
 * The entity of an alert, made of it when somebody asks: one step may change every alert, and their rows together would
 * take several times the memory of the alerts.
 */
export class AlertEntity implements Entity {
  readonly #alert: AlertState;

  constructor(alert: AlertState) {
    this.#alert = alert;
  }

  get kind(): string {
    return "alert";
  }

  get key(): string {
    return this.#alert.fingerprint;
  }

  get version(): number {
    return ENTITY_KINDS.alert.upgrades.length + 1;
  }

  get cluster(): string {
    return clusterOfAlert(this.#alert);
  }

  get state(): Entity["state"] {
    return toAlertRow(this.#alert);
  }

  get columns(): Entity["columns"] {
    return this.#alert.isTombstone ? undefined : new AlertColumns(this.#alert);
  }
}
