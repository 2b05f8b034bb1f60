import { LabelPattern } from "./matching/label-match.ts";
import { TimeIntervalSpec, TimeIntervalsSpec } from "./matching/time-interval-spec.ts";
import { RunbooksSpec } from "./message/runbooks-spec.ts";
import { RouteSpec } from "./routing/route-spec.ts";
import { InhibitSpec } from "./suppression/inhibit-spec.ts";
import { ConfiguredSilence, RequestedSilence } from "./suppression/silence-spec.ts";

/** The schemas of the parts that users write: for editors, and for the description of the API. */
export const ALERT_SCHEMAS = {
  /** Entries of a configuration. */
  configured: {
    route: RouteSpec,
    inhibit: InhibitSpec,
    silence: ConfiguredSilence,
    runbooks: RunbooksSpec,
    timeIntervals: TimeIntervalsSpec,
  },
  /** Bodies of API requests, by their names in the API's description. */
  requested: { RequestedSilence, LabelPattern, TimeInterval: TimeIntervalSpec },
} as const;
