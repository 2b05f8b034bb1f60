import type { ContainerLog, Fact } from "../inquiry.ts";

/** Reads what is known of the state of objects. */
export interface FactReader {
  /** The newest fact about an object, by its key; undefined when nothing is known. */
  get(object: string): Fact | undefined;
  /** The logs of a pod that were read for this message, by its key. */
  logsOf?(object: string): readonly ContainerLog[];
}
