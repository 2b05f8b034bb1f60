/**
 * `10:02Z`, or `2026-06-01 10:02Z` on another day (UTC) than `now`; "unknown" when it is no instant.
 *
 * @param at Epoch milliseconds. @param precision `seconds`: `10:02:31Z`.
 */
export function utcTime(at: number, now: number, precision: "minutes" | "seconds" = "minutes"): string {
  if (Number.isNaN(at)) return "unknown";
  const [day = "", time = ""] = new Date(at).toISOString().split("T");
  const today = new Date(now).toISOString().slice(0, 10);
  return `${day === today ? "" : `${day} `}${time.slice(0, precision === "seconds" ? 8 : 5)}Z`;
}
