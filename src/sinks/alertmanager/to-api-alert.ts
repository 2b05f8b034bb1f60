import type { NotifiedAlert } from "../../alert/index.ts";
import type { ApiAlert } from "./api-alert.ts";
import { toAnnotations } from "./to-annotations.ts";
import { type OwnLabels, toLabels } from "./to-labels.ts";

/** The context of an alert for Alertmanager. */
export interface ApiAlertUse {
  readonly own: OwnLabels;
  readonly cluster: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long it fires without being sent again, milliseconds. */
  readonly lastsMs: number;
  /** The page of the alert; null for none. */
  readonly page: string | null;
}

/** An alert for Alertmanager. Its times are in an order that it accepts, also where clocks of nodes differ. */
export function toApiAlert(
  alert: NotifiedAlert,
  { own, cluster, now, lastsMs, page }: ApiAlertUse,
): ApiAlert {
  const source = [page, alert.dashboard].find(isAbsolute);
  // A start in the future would be taken for the end of an alert that fires.
  const startsAt = Math.min(toMs(alert.startsAt, now), now);
  const end = alert.status === "firing" ? now + lastsMs : Math.min(toMs(alert.endsAt, now), now);
  return {
    labels: toLabels(alert, own, cluster),
    annotations: toAnnotations(alert),
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(Math.max(startsAt, end)).toISOString(),
    ...(source === undefined || source === null ? {} : { generatorURL: source }),
  };
}

function toMs(time: string | null, now: number): number {
  const ms = Date.parse(time ?? "");
  return Number.isNaN(ms) ? now : ms;
}

/** Alertmanager refuses a request for one address that is none, and shows relative ones as its own. */
function isAbsolute(url: string | null): boolean {
  const protocol = URL.parse(url ?? "")?.protocol;
  return protocol === "http:" || protocol === "https:";
}
