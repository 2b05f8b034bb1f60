import { previewAlert } from "./alert-preview.ts";
import { isOccurrenceOf } from "./is-occurrence-of.ts";

/** Says what an Event means for alerts, without an engine: the alert that it would open or join, or whether it is of one. */
export const Preview = { alertOf: previewAlert, isOccurrenceOf } as const;
