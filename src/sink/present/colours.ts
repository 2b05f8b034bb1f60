import type { State } from "./presentation.ts";

/** The colour of a message by its state, for receivers that show one: `#rrggbb`. Words say the same. */
export const COLOURS: Readonly<Record<State, string>> = {
  critical: "#d7263d",
  warning: "#e8912d",
  info: "#3b7dd8",
  resolved: "#2eb67d",
  quiet: "#9aa0a6",
  test: "#3b7dd8",
};
