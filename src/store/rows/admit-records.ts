import type { NewRecord } from "../../alert/index.ts";
import type { RefusedRecords } from "../engine-store.ts";
import type { RecordSizes } from "./record-sizes.ts";

/** A record to add. */
export interface SizedRecord {
  readonly record: NewRecord;
  /** Of its body, in UTF-8. */
  readonly bytes: number;
}

/** The shares of `maxBytes` that waiting records may take, so that alerts have room whatever sink is down. */
const OF_ONE_SINK = 0.5;
const OF_ALL_SINKS = 0.75;

/** Divides new records into those that have room and those that have not. @param maxBytes The bound of the file. */
export function admitRecords(
  records: readonly NewRecord[],
  sizes: Pick<RecordSizes, "of" | "total">,
  maxBytes: number,
): { readonly admitted: readonly SizedRecord[]; readonly refused: RefusedRecords } {
  const refused = new Map<string, number>();
  const added = new Map<string, number>();
  let total = records.length === 0 ? 0 : sizes.total;
  const admitted = records.flatMap((record): readonly SizedRecord[] => {
    const { sink } = record;
    const bytes = Buffer.byteLength(record.body);
    const ofSink = (added.get(sink) ?? 0) + bytes;
    const fits =
      sizes.of(sink) + ofSink <= maxBytes * OF_ONE_SINK && total + bytes <= maxBytes * OF_ALL_SINKS;
    if (!fits) {
      refused.set(sink, (refused.get(sink) ?? 0) + 1);
      return [];
    }
    added.set(sink, ofSink);
    total += bytes;
    return [{ record, bytes }];
  });
  return { admitted, refused };
}
