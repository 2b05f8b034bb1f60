import type {
  ActivityCount,
  Changes,
  DeliveryOutcome,
  Entity,
  NewRecord,
  OwnerRow,
  StoredEntity,
} from "../../alert/index.ts";
import type { Position, SeenRow } from "../../event/index.ts";
import { GenerationMap } from "../../lib/generation-map.ts";
import type { Command } from "../commands.ts";
import type { EngineStore, RefusedRecords } from "../engine-store.ts";
import type { SizedRecord } from "../rows/admit-records.ts";
import { fromStoredJson } from "../rows/stored-json.ts";
import { toOutcome } from "../rows/to-outcome.ts";
import { activityRows } from "./activity-rows.ts";
import { type CommitRows, commitRows } from "./commit-rows.ts";
import { DecisionParts } from "./decision-parts.ts";
import { type EntityRow, entityRows } from "./entity-rows.ts";
import { loadSteps } from "./load-steps.ts";
import { ownerRows } from "./owner-rows.ts";
import { positionRows } from "./position-rows.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import type { PostgresTenure } from "./postgres-tenure.ts";
import { RecordRoom } from "./record-room.ts";
import { RowCache } from "./row-cache.ts";
import { seenRows } from "./seen-rows.ts";
import type { Row } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";
import { trimRows } from "./trim-rows.ts";

/** How long decisions are kept, in whole days. */
const KEEP_DECISIONS_MS = 7 * 86_400_000;

/** Alerts whose columns are remembered, at least. */
const ALERTS = 10_000;

/** Records whose ids are remembered, at least. */
const RECORDS = 10_000;

/** The most unreadable rows that a report names. */
const MOST_NAMED = 5;

const SQL = nameStatements("engine", {
  outcomes: `SELECT id, sink, group_key, kind, state, ended_at, notification FROM delivery
     WHERE p = $1 AND ended_at IS NOT NULL AND NOT noted ORDER BY ended_at, seq LIMIT $2`,
  commands: "SELECT body FROM command WHERE p = $1 ORDER BY seq LIMIT $2",
});

/** The state of one partition's engine, in a PostgreSQL database. */
export class PostgresEngineStore implements EngineStore {
  readonly #database: PostgresDatabase;
  readonly #partition: number;
  readonly #tenure: PostgresTenure;
  readonly #parts: DecisionParts;
  readonly #room: RecordRoom;
  readonly #seen = new RowCache<SeenRow>();
  readonly #owners = new RowCache<OwnerRow>();
  /** JSON of the columns of alerts, as they were written last: groups are written when these change. */
  readonly #columns = new GenerationMap<string, string>(ALERTS);

  /** Ids of records that were stored: a sent one has no row any more, and a repeated commit must not bring it back. */
  readonly #records = new GenerationMap<string, true>(RECORDS);

  constructor(database: PostgresDatabase, partition: number, tenure: PostgresTenure) {
    this.#database = database;
    this.#partition = partition;
    this.#tenure = tenure;
    this.#parts = new DecisionParts(tenure);
    this.#room = new RecordRoom(tenure, database.maxBytes, database.clock);
  }

  async positions(): Promise<readonly Position[]> {
    return (await this.#ask(positionRows.all(this.#partition))).map(positionRows.fromRow);
  }

  async load(take: (step: readonly StoredEntity[]) => void): Promise<void> {
    const damaged: EntityRow[] = [];
    for await (const rows of loadSteps(this.#tenure, this.#partition)) {
      damaged.push(...rows.filter(({ entity }) => entity === undefined));
      take(rows.flatMap(({ entity }) => entity ?? []));
    }
    if (damaged.length > 0) await this.#setAside(damaged);
  }

  async activity(): Promise<readonly ActivityCount[]> {
    return (await this.#ask(activityRows.newest(this.#partition))).map(activityRows.fromRow);
  }

  async seen(lineages: readonly string[]): Promise<ReadonlyMap<string, SeenRow>> {
    const { known, unknown } = this.#seen.find(lineages);
    for (const row of await this.#askFor(unknown, seenRows.find)) {
      const seen = seenRows.fromRow(row);
      this.#seen.set(seen.lineage, seen);
      known.set(seen.lineage, seen);
    }
    return inOrder(lineages, known);
  }

  async owners(objects: readonly string[]): Promise<ReadonlyMap<string, OwnerRow>> {
    const { known, unknown } = this.#owners.find(objects);
    for (const row of await this.#askFor(unknown, ownerRows.find)) {
      const owner = ownerRows.fromRow(row);
      this.#owners.set(owner.object, owner);
      known.set(owner.object, owner);
    }
    return inOrder(objects, known);
  }

  async commit(changes: Changes): Promise<RefusedRecords> {
    const moved = changes.entities.put.filter((entity) => this.#hasMoved(entity));
    const { admitted, refused } = await this.#room.admit(this.#newRecords(changes));
    await this.#write(changes, moved, admitted);
    for (const { record } of admitted) this.#records.set(record.id, true);
    this.#room.recordStored(admitted);
    this.#ring(changes);
    return refused;
  }

  /** Writes the Changes, and learns what is stored now. */
  async #write(changes: Changes, moved: readonly Entity[], admitted: readonly SizedRecord[]): Promise<void> {
    const rows: Omit<CommitRows, "changes"> = {
      partition: this.#partition,
      records: admitted.map(({ record }) => record),
      moved,
      keepsHistory: this.#database.historyForMs > 0,
    };
    try {
      await this.#parts.provide(changes);
      const answers = await this.#tenure.write(commitRows({ ...rows, changes }));
      this.#recordStored(
        changes,
        moved,
        answers.flatMap((answer) => answer.rows),
      );
    } catch (error) {
      this.#parts.forget();
      throw error;
    }
  }

  async outcomes(limit: number): Promise<readonly DeliveryOutcome[]> {
    return (await this.#ask(SQL.outcomes(this.#partition, limit))).map(toOutcome);
  }

  async commands(limit: number): Promise<readonly Command[]> {
    const rows = await this.#ask(SQL.commands(this.#partition, limit));
    // Written from the same type; a damaged row is none.
    return rows.flatMap(({ body }) => (fromStoredJson(body) as Command | undefined) ?? []);
  }

  async trim(now: number): Promise<void> {
    const { historyForMs, log } = this.#database;
    this.#seen.trim(now);
    this.#owners.trim(now);
    await trimRows(this.#tenure, { partition: this.#partition, now, historyForMs, log });
    await this.#parts.drop(now - KEEP_DECISIONS_MS);
  }

  async #ask(statement: Statement): Promise<readonly Row[]> {
    const [answer] = await this.#tenure.read([statement]);
    return answer?.rows ?? [];
  }

  async #askFor(
    keys: readonly string[],
    find: (partition: number, keys: readonly string[]) => Statement,
  ): Promise<readonly Row[]> {
    this.#tenure.assertHeld();
    return keys.length === 0 ? [] : this.#ask(find(this.#partition, keys));
  }

  /** The records that were not stored before. */
  #newRecords({ records }: Changes): readonly NewRecord[] {
    return records.filter(({ id }) => this.#records.get(id) === undefined);
  }

  /** Whether the columns of an alert are others than those that were written last, as far as is known. */
  #hasMoved({ kind, key, columns }: Entity): boolean {
    return kind === "alert" && this.#columns.get(key) !== JSON.stringify(columns ?? null);
  }

  /** The Changes are stored. @param rows The answers: those of owners are the only ones. */
  #recordStored(changes: Changes, moved: readonly Entity[], rows: readonly Row[]): void {
    for (const row of changes.seen) this.#seen.set(row.lineage, row);
    for (const owner of rows.map(ownerRows.fromRow)) this.#owners.set(owner.object, owner);
    for (const { key, columns } of moved) this.#columns.set(key, JSON.stringify(columns ?? null));
    for (const { kind, key } of changes.entities.forget) if (kind === "alert") this.#columns.set(key, "");
  }

  #ring({ deliveries, records, doneCommands }: Changes): void {
    const { bell } = this.#database;
    for (const sink of new Set([...deliveries, ...records].map((row) => row.sink))) bell.ring(`sink/${sink}`);
    if (doneCommands.length > 0) bell.ring("commands-done");
  }

  /** Moves unreadable rows away, so that they prevent no start. */
  async #setAside(damaged: readonly EntityRow[]): Promise<void> {
    const { clock, log } = this.#database;
    await this.#tenure.write(async () => damaged.map(({ seq }) => entityRows.setAside(seq, clock.now())));
    const names = damaged.slice(0, MOST_NAMED).map(({ kind, key }) => `${kind} ${key}`);
    log.error("some of the state cannot be read and is kept in damaged_entity", {
      count: damaged.length,
      rows: names.join(", "),
    });
  }
}

function inOrder<Value>(
  keys: readonly string[],
  known: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  return new Map(
    keys.flatMap((key) => {
      const value = known.get(key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}
