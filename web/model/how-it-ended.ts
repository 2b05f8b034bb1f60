import type { EndedAlert } from "../../src/api/schemas/ended-alert.ts";

/** How an alert ended, in words. */
export function howItEnded({ resolvedBy, firedAt }: Pick<EndedAlert, "resolvedBy" | "firedAt">): string {
  if (resolvedBy === null) return firedAt === null ? "it never fired" : "nothing is kept of how";
  const { how, reason, what } = resolvedBy;
  switch (how) {
    case "event":
      return reason === "" ? "by an Event" : `by ${reason}`;
    case "healthy":
      return what === "" ? "its objects are well" : what;
    case "deleted":
      return "its objects were deleted";
    case "replaced":
      return "other objects took their place";
    case "quiet":
    case "max-age":
      return "no longer seen";
    case "rule-removed":
      return "its rule was removed";
  }
}
