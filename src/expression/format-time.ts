import { BoundedMap } from "../lib/bounded-map.ts";

/** Zones that are remembered. */
const MOST_ZONES = 100;

/** A field of a layout, a quoted text, or other letters, which have no meaning. */
const FIELD = /yyyy|MMMM|MMM|MM|dd|EEEE|EEE|HH|mm|ss|SSS|XXX|'([^']*)'|[A-Za-z]+/gu;

const FIELDS = "yyyy, MMMM, MMM, MM, dd, EEEE, EEE, HH, mm, ss, SSS, XXX and 'quoted text'";

/**
 * Writes a time by a layout with the fields of Unicode's date patterns: `yyyy-MM-dd HH:mm`.
 *
 * @param zone The name of a time zone, such as `Europe/Berlin`.
 * @throws {Error} for a layout with other letters, and for a zone that there is not.
 */
export type FormatTime = (instant: Date, layout: string, zone: string) => string;

/** Makes a function that remembers what it has made for a zone, which is costly. */
export function createFormatTime(): FormatTime {
  const formats = new BoundedMap<string, Intl.DateTimeFormat>(MOST_ZONES);
  return (instant, layout, zone) => {
    const format = formats.get(zone) ?? formatOf(zone);
    formats.set(zone, format);
    return write(instant, layout, format);
  };
}

function write(instant: Date, layout: string, format: Intl.DateTimeFormat): string {
  const part = partsOf(instant, format);
  return layout.replaceAll(FIELD, (field: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted;
    switch (field) {
      case "yyyy":
        return part("year").padStart(4, "0");
      case "MMMM":
        return part("month");
      case "MMM":
        return part("month").slice(0, 3);
      case "MM":
        return part("number");
      case "dd":
        return part("day");
      case "EEEE":
        return part("weekday");
      case "EEE":
        return part("weekday").slice(0, 3);
      case "HH":
        return part("hour");
      case "mm":
        return part("minute");
      case "ss":
        return part("second");
      case "SSS":
        return String(instant.getUTCMilliseconds()).padStart(3, "0");
      case "XXX":
        return offsetOf(part("timeZoneName"));
      default:
        throw new Error(`format() knows no "${field}": write ${FIELDS}`);
    }
  });
}

function partsOf(instant: Date, format: Intl.DateTimeFormat): (name: string) => string {
  const parts = new Map<string, string>(
    format.formatToParts(instant).map(({ type, value }) => [type, value]),
  );
  // The format has the month by its name.
  parts.set("number", String(MONTHS.indexOf(parts.get("month") ?? "") + 1).padStart(2, "0"));
  return (name) => parts.get(name) ?? "";
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `GMT+02:00` becomes `+02:00`, and `GMT`, which may have zeros behind it, `Z`. */
function offsetOf(name: string): string {
  const offset = name.replace("GMT", "");
  return offset === "" || offset === "+00:00" ? "Z" : offset;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      year: "numeric",
      month: "long",
      day: "2-digit",
      weekday: "long",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
  } catch {
    throw new Error(`format() knows no time zone "${timeZone}"`);
  }
}
