import type { Severity } from "../lib/severity.ts";
import type { Style } from "./print.ts";

/** How lists show severities. */
export const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  critical: "red",
  warning: "yellow",
  info: "cyan",
};
