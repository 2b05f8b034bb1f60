import type { NewRecord } from "../../alert/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { admitRecords } from "../rows/admit-records.ts";
import { RecordSizes } from "../rows/record-sizes.ts";
import type { PostgresTenure } from "./postgres-tenure.ts";
import { nameStatements } from "./statement.ts";

/** For so long the sizes of before count, milliseconds: other replicas send records meanwhile, so there is more room. */
const MEASURE_EVERY_MS = 10_000;

const SQL = nameStatements("room", {
  sizes: "SELECT sink, sum(octet_length(body)) AS bytes FROM record GROUP BY sink",
});

/** The room for records that wait: those of one sink that is down must not keep alerts from others. */
export class RecordRoom {
  readonly #tenure: Pick<PostgresTenure, "read">;
  readonly #maxBytes: number;
  readonly #clock: Pick<Clock, "monotonic">;
  #sizes = new RecordSizes([]);
  #measuredAt = -Infinity;

  /** @param maxBytes The bound of the store; Infinity for none. */
  constructor(tenure: Pick<PostgresTenure, "read">, maxBytes: number, clock: Pick<Clock, "monotonic">) {
    this.#tenure = tenure;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** Divides new records into those that have room and those that have not. @throws {TocsinError} As every question. */
  async admit(records: readonly NewRecord[]): Promise<ReturnType<typeof admitRecords>> {
    if (records.length > 0 && Number.isFinite(this.#maxBytes)) await this.#measure();
    return admitRecords(records, this.#sizes, this.#maxBytes);
  }

  /** These are stored. */
  recordStored(admitted: ReturnType<typeof admitRecords>["admitted"]): void {
    for (const { record, bytes } of admitted) this.#sizes.add(record.sink, bytes);
  }

  async #measure(): Promise<void> {
    const now = this.#clock.monotonic();
    if (now < this.#measuredAt + MEASURE_EVERY_MS) return;
    const [answer] = await this.#tenure.read([SQL.sizes()]);
    const rows = answer?.rows ?? [];
    this.#sizes = new RecordSizes(rows.map(({ sink, bytes }) => [String(sink), Number(bytes)]));
    this.#measuredAt = now;
  }
}
