import { setImmediate } from "node:timers/promises";

import type { ActivityCount, Changes, DeliveryOutcome, OwnerRow, StoredEntity } from "../../alert/index.ts";
import type { Position, SeenRow } from "../../event/index.ts";
import type { Command } from "../commands.ts";
import type { EngineStore, RefusedRecords } from "../engine-store.ts";
import { admitRecords } from "../rows/admit-records.ts";
import type { EntityRow } from "./entity-rows.ts";
import { Housekeeping } from "./housekeeping.ts";
import type { SqliteFile } from "./sqlite-file.ts";
import { storageFault } from "./storage-fault.ts";
import type { Tenure } from "./tenures.ts";

/** The most unreadable rows that a report names. */
const MOST_NAMED = 5;

/** The state of one partition's engine, in the file. */
export class SqliteEngineStore implements EngineStore {
  readonly #file: SqliteFile;
  readonly #partition: number;
  readonly #tenure: Tenure;
  readonly #housekeeping: Housekeeping;

  constructor(file: SqliteFile, partition: number, tenure: Tenure) {
    this.#file = file;
    this.#partition = partition;
    this.#tenure = tenure;
    this.#housekeeping = new Housekeeping(file, (work) => this.#write(work));
  }

  async positions(): Promise<readonly Position[]> {
    return this.#read(() => this.#file.tables.positions.all(this.#partition));
  }

  async load(take: (step: readonly StoredEntity[]) => void): Promise<void> {
    const damaged: EntityRow[] = [];
    const steps = this.#read(() => this.#file.tables.entities.steps(this.#partition)[Symbol.iterator]());
    for (;;) {
      const step = this.#read(() => steps.next());
      if (step.done === true) break;
      const rows = step.value;
      damaged.push(...rows.filter(({ entity }) => entity === undefined));
      take(rows.flatMap(({ entity }) => entity ?? []));
      await setImmediate();
    }
    if (damaged.length > 0) await this.#setAside(damaged);
  }

  /**
   * Moves unreadable rows away, so that they prevent no start. On a full disk they stay where they are until a later
   * start.
   */
  async #setAside(damaged: readonly EntityRow[]): Promise<void> {
    const { tables, clock } = this.#file;
    let kept = "kept in damaged_entity";
    try {
      await this.#write(() => {
        for (const { seq } of damaged) tables.entities.setAside(seq, clock.now());
      });
    } catch (error) {
      if (storageFault(error) !== "full") throw error;
      kept = "not moved, since the disk is full";
    }
    const names = damaged.slice(0, MOST_NAMED).map(({ kind, key }) => `${kind} ${key}`);
    const omitted = damaged.length - names.length;
    this.#file.reportRows(`${names.join(", ")}${omitted > 0 ? ` and ${omitted} more` : ""}: ${kept}`);
  }

  async activity(): Promise<readonly ActivityCount[]> {
    return this.#read(() => this.#file.tables.activity.newest(this.#partition));
  }

  async seen(lineages: readonly string[]): Promise<ReadonlyMap<string, SeenRow>> {
    return this.#read(() => this.#file.tables.seen.find(lineages));
  }

  async owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>> {
    return this.#read(() => this.#file.tables.owners.find(objects));
  }

  async commit(changes: Changes): Promise<RefusedRecords> {
    this.#tenure.assertHeld();
    const dropped = this.#housekeeping.isOverfull ? await this.#housekeeping.makeRoom() : undefined;
    const { tables, maxBytes, bell } = this.#file;
    const { admitted, refused } = admitRecords(changes.records, tables.records.sizes, maxBytes);
    const added = await this.#write(() => {
      this.#housekeeping.refuseWhenFull();
      this.#put(changes);
      return tables.records.add(admitted);
    });
    tables.records.recordStored(added);
    const sinks = new Set([...changes.deliveries, ...changes.records].map((row) => row.sink));
    for (const sink of sinks) bell.ring(`sink/${sink}`);
    if (changes.doneCommands.length > 0) bell.ring("commands-done");
    return dropped === undefined ? refused : sumOf(dropped, refused);
  }

  async outcomes(limit: number): Promise<readonly DeliveryOutcome[]> {
    return this.#read(() => this.#file.tables.deliveries.outcomes(this.#partition, limit));
  }

  async commands(limit: number): Promise<readonly Command[]> {
    return this.#read(() => this.#file.tables.commands.of(this.#partition, limit));
  }

  async trim(now: number): Promise<void> {
    this.#tenure.assertHeld();
    await this.#housekeeping.trim(now);
  }

  /** Writes all rows but those of records. */
  #put(changes: Changes): void {
    const { tables } = this.#file;
    const partition = this.#partition;
    tables.seen.write(changes.seen);
    tables.owners.write(changes.owners);
    tables.positions.write(partition, changes.positions);
    tables.entities.write(partition, changes.entities);
    for (const delivery of changes.deliveries) {
      tables.deliveries.add(delivery, partition);
      tables.fallbacks.recordEnd(delivery);
    }
    tables.decisions.write(changes);
    if (this.#file.historyForMs > 0) {
      // After the deliveries, which it looks up.
      tables.ended.write(changes);
      tables.activity.write(partition, changes.activity);
    }
    tables.deliveries.markAdopted(changes.notedOutcomes);
    tables.commands.markDone(partition, changes.doneCommands);
    for (const { kind, key } of changes.entities.forget) {
      if (kind !== "group") continue;
      tables.receivers.release(key);
      tables.fallbacks.forget(key);
    }
  }

  #read<Result>(work: () => Result): Result {
    this.#tenure.assertHeld();
    return this.#file.read(work);
  }

  #write<Result>(work: () => Result): Promise<Result> {
    return this.#file.write(() => {
      this.#tenure.assertHeld();
      return work();
    });
  }
}

function sumOf(one: RefusedRecords, other: RefusedRecords): RefusedRecords {
  const sum = new Map(one);
  for (const [sink, count] of other) sum.set(sink, (sum.get(sink) ?? 0) + count);
  return sum;
}
