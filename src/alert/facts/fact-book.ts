import { BoundedMap } from "../../lib/bounded-map.ts";
import { Packer } from "../../lib/packer.ts";
import { objectsOfAlert } from "../alert-objects.ts";
import type { AlertIndex } from "../alert-reader.ts";
import type { ContainerLog, Fact, Inquiry } from "../inquiry.ts";
import type { AlertState } from "../state.ts";
import { KeptFact, type KnownFact } from "./kept-fact.ts";
import { LogShelf } from "./log-shelf.ts";
import { OpenInquiries } from "./open-inquiries.ts";

/** Most memory of all kept states, bytes: 10,000 pods of two containers. Beyond it the oldest answers are forgotten. */
const MOST_BYTES = 20_000_000;

/** Objects without an answer, and deletions told by Events, that are remembered. */
const MOST_REMEMBERED = 20_000;

/** The collaborators of a fact book. */
export interface FactBookOptions {
  /** Whether somebody answers inquiries; without it none are made. */
  readonly asks: boolean;
  /** Whether an object, by its key, is a member or the workload of an alert in the book of alerts. */
  readonly isOfAlert: (object: string) => boolean;
  /** Most memory of all kept states, bytes. */
  readonly mostBytes?: number;
}

/**
 * The known state of objects: the newest fact of each object of an alert, and the inquiries that are
 * open. None of it is stored; after a restart it is asked again.
 */
export class FactBook implements AlertIndex {
  readonly asks: boolean;
  readonly #isOfAlert: FactBookOptions["isOfAlert"];
  readonly #mostBytes: number;
  readonly #packer = new Packer();
  /** By object; the answer that came first stands first. */
  readonly #facts = new Map<string, KeptFact>();
  readonly #inquiries = new OpenInquiries();
  readonly #logs = new LogShelf();
  /** By object: when there was no answer. */
  readonly #unknownAt = new BoundedMap<string, number>(MOST_REMEMBERED);
  /** By object: when an Event says that its deletion began. */
  readonly #deletions = new BoundedMap<string, number>(MOST_REMEMBERED);
  #bytes = 0;

  constructor({ asks, isOfAlert, mostBytes = MOST_BYTES }: FactBookOptions) {
    this.asks = asks;
    this.#isOfAlert = isOfAlert;
    this.#mostBytes = mostBytes;
  }

  /** Number of objects of which something is known. */
  get size(): number {
    return this.#facts.size;
  }

  /**
   * Keeps the answers about objects that somebody asked for, or that are of an alert. `unknown`, and an answer that is
   * older than the one before, only closes the inquiry.
   */
  take(facts: readonly Fact[]): void {
    for (const fact of facts) {
      const { object, at, found } = fact;
      const wasAsked = this.#inquiries.close(object);
      if (found === "unknown") this.#unknownAt.set(object, at);
      if (found === "unknown" || !(wasAsked || this.#isOfAlert(object))) continue;
      const before = this.#facts.get(object);
      if (before === undefined || before.at <= at) this.#keep({ ...this.#withoutLogs(fact), found });
    }
  }

  /** The newest fact about an object, never `unknown`; undefined when nothing is known. */
  get(object: string): KnownFact | undefined {
    return this.#facts.get(object)?.fact;
  }

  /** The logs of a pod that were read for a message which is due; none a few seconds later. */
  logsOf(object: string): readonly ContainerLog[] {
    return this.#logs.get(object);
  }

  /** Forgets the logs that no message waits for any more. @param now Epoch milliseconds. */
  forgetLogs(now: number): void {
    this.#logs.forgetOld(now);
  }

  /** Whether an object was there in this or an earlier answer. */
  wasFound(object: string): boolean {
    return this.#facts.get(object)?.wasFound ?? false;
  }

  /** When the deletion of an object was asked for, as far as an answer or an Event said it; epoch milliseconds. */
  deletionOf(object: string): number | undefined {
    return this.#facts.get(object)?.deletionAt ?? this.#deletions.peek(object);
  }

  /** Records that an Event tells of the deletion of an object. @param at Epoch milliseconds. */
  noteDeletion(object: string, at: number): void {
    this.#deletions.set(object, at);
  }

  /**
   * Asks for the state of an object, unless an answer is young enough, or an inquiry that is as urgent is open.
   *
   * @param timing.now Epoch milliseconds. @param timing.freshMs The age up to which an answer is good enough.
   * @returns Whether an answer is to come.
   */
  ask(inquiry: Inquiry, { now, freshMs }: { readonly now: number; readonly freshMs: number }): boolean {
    if (!this.asks) return false;
    const answeredAt = this.answeredAt(inquiry.object);
    if (answeredAt !== undefined && answeredAt + freshMs >= now) return false;
    this.#inquiries.make(inquiry, now);
    return true;
  }

  /** The time of the newest answer about an object, also of an `unknown` one; epoch milliseconds. */
  answeredAt(object: string): number | undefined {
    const times = [this.#facts.get(object)?.at, this.#unknownAt.peek(object)];
    const at = Math.max(...times.map((time) => time ?? -Infinity));
    return Number.isFinite(at) ? at : undefined;
  }

  /** Whether an answer about an object is to come. @param now Epoch milliseconds. */
  isAsked(object: string, now: number): boolean {
    return this.#inquiries.has(object, now);
  }

  /** Forgets what is known of the objects of an alert that has left the book, unless another alert is about them. */
  record(before: AlertState | undefined, after: AlertState | undefined): void {
    if (before === undefined || after !== undefined) return;
    if (this.#facts.size + this.#inquiries.size + this.#unknownAt.size + this.#deletions.size === 0) return;
    for (const object of objectsOfAlert(before)) {
      if (this.#isOfAlert(object)) continue;
      this.#inquiries.close(object);
      this.#unknownAt.delete(object);
      this.#deletions.delete(object);
      this.#forget(object);
    }
  }

  /** The inquiries since the last call, each object once. */
  drain(): readonly Inquiry[] {
    return this.#inquiries.drain();
  }

  /** Puts the logs of a fact aside, for they are not kept as long as the rest of it. */
  #withoutLogs(fact: Fact): Fact {
    if (fact.context?.logs === undefined) return fact;
    const { logs, ...context } = fact.context;
    this.#logs.put(fact.object, fact.at, logs);
    return { ...fact, context };
  }

  #keep(fact: KnownFact): void {
    const { object } = fact;
    const kept = new KeptFact(fact, this.#facts.get(object), this.#packer);
    this.#forget(object);
    this.#facts.set(object, kept);
    this.#bytes += kept.bytes;
    for (const [oldest] of this.#facts) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(object: string): void {
    this.#bytes -= this.#facts.get(object)?.bytes ?? 0;
    this.#facts.delete(object);
  }
}
