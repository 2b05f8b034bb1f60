import type { EventRecord } from "../../alert/index.ts";
import { DeliveryError } from "../../egress/index.ts";

/**
 * Reads the body of a record.
 *
 * @throws {DeliveryError} poison, for a body that a fault of the disk has changed.
 */
export function parseRecord(body: string): EventRecord {
  try {
    // The bridge itself wrote it, as `EventRecord`; version 1 gets new keys and loses none.
    return JSON.parse(body) as EventRecord;
  } catch (cause) {
    throw DeliveryError.poison("rejected", "the stored record is not JSON", { cause });
  }
}
