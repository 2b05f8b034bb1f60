import type { Clock } from "../../lib/clock.ts";
import { TocsinError } from "../../lib/errors.ts";
import type { Holding } from "../store-host.ts";
import { type Answer, answersOf, type Flight, type Send, type Session } from "./session.ts";
import { nameStatements, type Statement } from "./statement.ts";
import { codeOf, FENCED, toStoreError } from "./store-error.ts";

/** A holding that was taken: its row must say this at each write. */
export interface Claim {
  readonly name: string;
  readonly epoch: bigint;
  /** Unique among all holders, ever. */
  readonly holder: string;
  /** Of the row, when it was taken. */
  readonly commits: bigint;
  /** Monotonic milliseconds, before the row was asked for. */
  readonly takenAt: number;
}

/**
 * The statements of one transaction. `send` sends some of them at once, and answers; those that it returns are the last
 * ones, and go out with COMMIT. So work that needs no answer is one flight.
 */
export type Work = (
  send: (statements: readonly Statement[]) => Promise<readonly Answer[]>,
) => Promise<readonly Statement[]>;

/** How much earlier than the server this process believes its lease to end, milliseconds. */
const MARGIN_MS = 500;

/** Renewals in one lease. */
const RENEWALS = 5;

const BEGIN: Statement = { name: "begin", text: "BEGIN", values: [] };
const COMMIT: Statement = { name: "commit", text: "COMMIT", values: [] };

const SQL = nameStatements("holding", {
  fence: "SELECT fence($1, $2, $3, $4, $5, $6)",
  find: "SELECT epoch, holder, commits FROM holding WHERE name = $1",
  release: "UPDATE holding SET until = '-infinity' WHERE name = $1 AND epoch = $2 AND holder = $3",
});

/** A holding of this process, and the one way to write its part of the state. */
export class PostgresTenure implements Holding {
  readonly name: string;
  readonly epoch: bigint;
  readonly #claim: Claim;
  readonly #session: Session;
  readonly #leaseMs: number;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  #commits: bigint;
  #validUntil: number;
  /** Whether a transaction was sent whose answer never came: the row has its commit, or it has not. */
  #isUnsure = false;
  #cancelRenewal: () => void = () => undefined;

  /** @param session For this holding alone; it is closed with it. */
  constructor(
    claim: Claim,
    session: Session,
    { leaseMs, clock }: { readonly leaseMs: number; readonly clock: Clock },
  ) {
    this.name = claim.name;
    this.epoch = claim.epoch;
    this.#claim = claim;
    this.#session = session;
    this.#leaseMs = leaseMs;
    this.#clock = clock;
    this.#commits = claim.commits;
    this.#validUntil = claim.takenAt + leaseMs - MARGIN_MS;
    this.#renewLater();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  validUntil(): number {
    return this.lost.aborted ? 0 : this.#validUntil;
  }

  /** @throws {TocsinError} ERR_FENCED when it is not held any more. */
  assertHeld(): void {
    if (this.lost.aborted) throw fenced(this.name);
  }

  /** Asks on the connection of this holding, so that it sees what was written before. @throws {TocsinError} */
  async read(statements: readonly Statement[]): Promise<readonly Answer[]> {
    this.assertHeld();
    const answers = await this.#session.ask(statements);
    this.assertHeld();
    return answers;
  }

  /**
   * Writes in one transaction, which the server undoes when this process does not hold the part any more.
   *
   * @returns The answers to the last statements.
   * @throws {TocsinError} ERR_FENCED, which is final; ERR_STORE, also when the answer to COMMIT was lost: the same write
   * may be made again, and then changes nothing that is there.
   */
  async write(work: Work): Promise<readonly Answer[]> {
    this.assertHeld();
    return this.#session.run((send) => this.#transact(send, work));
  }

  async release(): Promise<void> {
    if (this.lost.aborted) return;
    this.#lose();
    const { name, epoch, holder } = this.#claim;
    // When it fails, the lease ends by itself.
    await this.#session.ask([SQL.release(name, epoch, holder)]).catch(() => undefined);
    await this.#session.close();
  }

  async #transact(send: Send, work: Work): Promise<readonly Answer[]> {
    this.assertHeld();
    await this.#findOut(send);
    const startedAt = this.#clock.monotonic();
    const transaction = new Transaction(send, this.#fence());
    const last = await this.#prepare(transaction, work);
    const flight = await transaction.end(last);
    if (flight.failure === undefined && flight.lastCommand === "COMMIT") {
      this.#commits += 1n;
      this.#validUntil = startedAt + this.#leaseMs - MARGIN_MS;
      this.#renewLater();
      return transaction.answersTo(flight, last);
    }
    this.#isUnsure = flight.lastCommand !== "ROLLBACK";
    throw this.#failureOf(flight.failure);
  }

  async #prepare(transaction: Transaction, work: Work): Promise<readonly Statement[]> {
    try {
      const last = await work((statements) => transaction.send(statements));
      this.assertHeld();
      return last;
    } catch (failure) {
      throw this.#failureOf(failure);
    }
  }

  #fence(): Statement {
    const { name, epoch, holder } = this.#claim;
    return SQL.fence(name, epoch, holder, this.#commits, this.#leaseMs, this.#clock.now());
  }

  /** @param failure Undefined: COMMIT was answered by ROLLBACK. */
  #failureOf(failure: unknown): TocsinError {
    if (codeOf(failure) !== FENCED) return toStoreError(failure ?? new Error("the transaction was undone"));
    this.#giveUp();
    return fenced(this.name);
  }

  /** After a lost answer: what the row says now. One commit more than known is that very transaction. */
  async #findOut(send: Send): Promise<void> {
    if (!this.#isUnsure) return;
    const { name, epoch, holder } = this.#claim;
    const [answer] = answersOf(await send([SQL.find(name)]));
    const row = answer?.rows[0];
    const commits = row === undefined ? -1n : BigInt(String(row["commits"]));
    const isOurs = row?.["epoch"] === String(epoch) && row["holder"] === holder;
    if (!isOurs || commits < this.#commits || commits > this.#commits + 1n) {
      this.#giveUp();
      throw fenced(this.name);
    }
    this.#commits = commits;
    this.#isUnsure = false;
  }

  #lose(): void {
    this.#cancelRenewal();
    this.#lost.abort(fenced(this.name));
  }

  /** Another replica has it, or may have. */
  #giveUp(): void {
    this.#lose();
    // When the work that runs has ended.
    void this.#session.close();
  }

  #renewLater(): void {
    this.#cancelRenewal();
    if (this.lost.aborted) return;
    this.#cancelRenewal = this.#clock.after(this.#leaseMs / RENEWALS, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    try {
      await this.write(async () => []);
    } catch {
      if (this.lost.aborted) return;
      // Who cannot say any more that it holds the part must stop.
      if (this.#clock.monotonic() > this.#validUntil) this.#giveUp();
      else this.#renewLater();
    }
  }
}

/** A transaction on its way: BEGIN and the fence go out with what is sent first. */
class Transaction {
  readonly #send: Send;
  #opening: readonly Statement[];

  constructor(send: Send, fence: Statement) {
    this.#send = send;
    this.#opening = [BEGIN, fence];
  }

  /** Sends some statements. @throws What the server answers. */
  async send(statements: readonly Statement[]): Promise<readonly Answer[]> {
    const opening = this.#takeOpening();
    const { answers, failure } = await this.#send([...opening, ...statements]);
    if (failure !== undefined) throw failure;
    return answers.slice(opening.length);
  }

  /** Sends the last statements, and COMMIT. */
  async end(last: readonly Statement[]): Promise<Flight> {
    return this.#send([...this.#takeOpening(), ...last, COMMIT]);
  }

  /** The answers to the last statements, of a flight that succeeded. */
  answersTo({ answers }: Flight, last: readonly Statement[]): readonly Answer[] {
    return answers.slice(answers.length - 1 - last.length, -1);
  }

  #takeOpening(): readonly Statement[] {
    const opening = this.#opening;
    this.#opening = [];
    return opening;
  }
}

function fenced(name: string): TocsinError {
  return new TocsinError("ERR_FENCED", `"${name}" is not held by this process any more`);
}
