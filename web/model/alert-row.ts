import type { ListedAlert } from "../../src/api/schemas/alert.ts";
import type { Mark } from "./mark.ts";

/** An alert as lists know it. */
export type AlertRow = ListedAlert & {
  /** Its mark when a list was laid out that nobody may move; the present one where it is missing. */
  readonly placedAs?: Mark;
};
