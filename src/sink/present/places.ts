import { Ends, type Notification, type NotifiedAlert, type NotifiedObject } from "../../alert/index.ts";
import { causeOf, causeOfObject } from "./cause.ts";
import { extentOf, isDigestOfMany, times } from "./facts.ts";
import { lasted, shortLine } from "./words.ts";

/** Places that fit a phone's screen. */
const MOST_PLACES = 10;
/** Code units; an object's name has at most 253. */
const LONGEST_NAME = 280;
const LONGEST_CAUSE = 100;

/** One object, or one alert of several. Each part is one line, not escaped; all but `name` may be "". */
export interface Place {
  /** Its difference from the others: its severity, or how it ended: `over after 8 min`, `well again`, `gone`. */
  readonly mark: string;
  /** `Pod shop/web-1 (app)`, `Deployment/web in shop`. */
  readonly name: string;
  /** `3 times`, `57 times on 3 pods`, of a digest `57 times on 3 pods for 8 min`. */
  readonly extent: string;
  /** Why, where the message as a whole does not say it: `exit 1 after < 1 s, 5 restarts`. */
  readonly cause: string;
}

/** The objects or alerts of a notification. */
export interface Places {
  /** At most the number that was asked for, worst first. */
  readonly shown: readonly Place[];
  /** Number of further ones. */
  readonly omitted: number;
}

/**
 * The places of a notification; none when the title already names the only one.
 *
 * @param now Epoch milliseconds, for how long each alert of a digest lasts.
 * @param most At most so many.
 */
export function placesOf(notification: Notification, now: number, most = MOST_PLACES): Places {
  const { alerts, alertsOmitted, title } = notification;
  const [only] = alerts;
  const until = isDigestOfMany(notification) ? now : undefined;
  if (alerts.length > 1) return cut(alerts.map(alertPlace(alerts, until)), { omitted: alertsOmitted, most });
  if (only === undefined) return { shown: [], omitted: 0 };
  const objects = only.objects.toSorted(
    (a, b) => Number(a.over !== undefined) - Number(b.over !== undefined) || b.occurrences - a.occurrences,
  );
  const [first] = objects;
  const isNamed = first !== undefined && first.container === "" && title.includes(first.name);
  if (objects.length === 1 && isNamed && only.objectsOmitted === 0) return { shown: [], omitted: 0 };
  return cut(objects.map(objectPlace(only)), { omitted: only.objectsOmitted, most });
}

function cut(
  places: readonly Place[],
  { omitted, most }: { readonly omitted: number; readonly most: number },
): Places {
  const shown = places.slice(0, most).map(({ mark, name, extent, cause }) => ({
    mark,
    name: shortLine(name, LONGEST_NAME),
    extent: shortLine(extent, LONGEST_NAME),
    cause: shortLine(cause, LONGEST_CAUSE),
  }));
  return { shown, omitted: omitted + places.length - shown.length };
}

const MARKS: Readonly<Record<NonNullable<NotifiedObject["over"]>, string>> = {
  event: "over",
  healthy: "well again",
  deleted: "gone",
  replaced: "replaced",
};

/** Its cause is left out where the message as a whole has the same one, or where it is the only place. */
function objectPlace(alert: NotifiedAlert): (object: NotifiedObject) => Place {
  const whole = causeOf({ alerts: [alert] });
  return (object) => {
    const { kind, namespace, name, container, occurrences, over } = object;
    const where = namespace === "" ? name : `${namespace}/${name}`;
    const inside = container === "" ? "" : ` (${container})`;
    const cause = causeOfObject(alert, object);
    return {
      mark: over === undefined ? "" : MARKS[over],
      name: `${kind} ${where}${inside}`,
      extent: occurrences > 1 ? times(occurrences) : "",
      cause: alert.objects.length === 1 || whole.includes(cause) ? "" : cause,
    };
  };
}

/**
 * Its name is that of its workload, or its title where the alerts are of several rules.
 *
 * @param now Where alerts have begun at different times, as those of a digest; else undefined.
 */
function alertPlace(
  alerts: readonly NotifiedAlert[],
  now: number | undefined,
): (alert: NotifiedAlert) => Place {
  const [first] = alerts;
  const mixedRules = alerts.some((alert) => alert.rule !== first?.rule);
  const mixedSeverities = alerts.some((alert) => alert.severity !== first?.severity);
  const whole = causeOf({ alerts });
  const mixedStates = alerts.some((alert) => alert.status !== first?.status);
  return (alert) => {
    const { workload = "", namespace = "" } = alert.labels;
    const end = Ends.stateOf(alert);
    const extent = extentOf({ alerts: [alert], alertsOmitted: 0, occurrences: alert.occurrences });
    const age = now === undefined || end !== "" ? "" : lasted(Date.parse(alert.startsAt), now);
    return {
      mark: mixedStates && end !== "" ? end : mixedSeverities ? alert.severity : "",
      name:
        mixedRules || workload === ""
          ? alert.title
          : `${workload}${namespace === "" ? "" : ` in ${namespace}`}`,
      extent: `${extent}${age === "" ? "" : ` for ${age}`}${mixedStates || end === "" ? "" : `, ${end}`}`,
      cause: whole === "" ? causeOf({ alerts: [alert] }) : "",
    };
  };
}
