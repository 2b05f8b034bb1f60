import type { AlertStatus } from "./alert-status.ts";
import { compileWhole, type LabelTest } from "./matcher.ts";
import { allHold, flagOf, matchersOf, WrongQuery } from "./query.ts";

/** The parameters of a list of alerts. */
export interface AlertFilter {
  /** Whether the labels pass, as this API shows them. */
  readonly takesLabels: LabelTest;
  readonly takesReceiver: (name: string) => boolean;
  /** Whether anything is asked of receivers: an alert without one passes otherwise. */
  readonly asksForReceiver: boolean;
  readonly takesStatus: (status: AlertStatus) => boolean;
  /** Whether a status may fail to pass: it costs as much as all silences to know one. */
  readonly asksForStatus: boolean;
}

/** Reads the parameters as Alertmanager does (its `api/v2/api.go`, 0.35). @throws {WrongQuery} for a wrong one. */
export function readAlertFilter(query: URLSearchParams): AlertFilter {
  const matchers = matchersOf(query, "filter");
  const [active, silenced, inhibited] = ["active", "silenced", "inhibited"].map((name) =>
    flagOf(query, name),
  );
  // Tocsin's alerts are looked at as soon as they fire, so that none is unprocessed; the word must be right all the same.
  flagOf(query, "unprocessed");
  const { asksForReceiver, takesReceiver } = readReceiverFilter(query);
  return {
    takesLabels: allHold(matchers),
    takesReceiver,
    asksForReceiver,
    asksForStatus: active !== true || silenced !== true || inhibited !== true,
    takesStatus: ({ state, silencedBy, inhibitedBy }) =>
      (active === true || state !== "active") &&
      (silenced === true || silencedBy.length === 0) &&
      (inhibited === true || inhibitedBy.length === 0),
  };
}

/** Sinks have no labels: a matcher of `receiver_matchers` passes all of them or none. */
function readReceiverFilter(query: URLSearchParams): Pick<AlertFilter, "takesReceiver" | "asksForReceiver"> {
  const regex = query.get("receiver") ?? "";
  const matchers = matchersOf(query, "receiver_matchers");
  const takesNone = !allHold(matchers)({});
  const test = regex === "" ? () => true : compileWhole(regex);
  if (typeof test === "string") throw new WrongQuery(`receiver: ${test}`);
  return {
    asksForReceiver: regex !== "" || matchers.length > 0,
    takesReceiver: (name) => !takesNone && test(name),
  };
}
