import { LabelPattern } from "./matching/label-match.ts";
import { TimeIntervalSpec, TimeIntervalsSpec } from "./matching/time-interval-spec.ts";
import { RouteSpec } from "./routing/route-spec.ts";
import { InhibitSpec } from "./suppression/inhibit-spec.ts";
import { ConfiguredSilence, RequestedSilence } from "./suppression/silence-spec.ts";

/** What people write, as they write it: for editors and for the description of the API. */
export const ALERT_SCHEMAS = {
  /** Entries of a configuration. */
  configured: {
    route: RouteSpec,
    inhibit: InhibitSpec,
    silence: ConfiguredSilence,
    timeIntervals: TimeIntervalsSpec,
  },
  /** What the API is asked, by the names of its document. */
  requested: { RequestedSilence, LabelPattern, TimeInterval: TimeIntervalSpec },
} as const;
