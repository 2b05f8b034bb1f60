import type { EntityColumns } from "./entity.ts";
import type { AlertState } from "./state.ts";

/** The fields of an alert that columns are made of. */
type Source = Pick<AlertState, "rule" | "severity" | "phase" | "openedAt" | "labels" | "destinations">;

/** The columns of an alert, each made of it when somebody asks. */
export class AlertColumns implements EntityColumns {
  readonly #alert: Source;

  constructor(alert: Source) {
    this.#alert = alert;
  }

  get rule(): EntityColumns["rule"] {
    return this.#alert.rule;
  }

  get severity(): EntityColumns["severity"] {
    return this.#alert.severity;
  }

  get phase(): EntityColumns["phase"] {
    return this.#alert.phase;
  }

  get openedAt(): EntityColumns["openedAt"] {
    return this.#alert.openedAt;
  }

  get namespace(): string {
    return this.#alert.labels["namespace"] ?? "";
  }

  get sinks(): readonly string[] {
    return [...new Set(this.#alert.destinations.flatMap(({ sinks }) => sinks))];
  }

  get groups(): readonly string[] {
    return [...new Set(this.#alert.destinations.map(({ groupKey }) => groupKey))];
  }
}
