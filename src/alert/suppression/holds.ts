import type { AlertIndex } from "../alert-reader.ts";
import type { EngineInput } from "../engine-input.ts";
import { type EntityChanges, joinEntityChanges } from "../entity.ts";
import type { HoldMoment, HoldQuestion, HoldSource } from "../hold-source.ts";
import type { Hold } from "../hold.ts";
import type { AlertNews } from "../news.ts";
import type { Policy } from "../policy.ts";
import type { Silence } from "../silence.ts";
import type { AlertState } from "../state.ts";
import { Inhibitor } from "./inhibitor.ts";
import { mute } from "./mute.ts";
import { SilenceBook } from "./silence-book.ts";

/** All sources of holds on alerts: inhibition, mute timings, silences. */
export class Holds {
  readonly silences = new SilenceBook();
  readonly #inhibitor: Inhibitor;
  /** In the order of asking. The inhibitor is first, because dispatch keeps the cause with each alert that it holds. */
  readonly #sources: readonly HoldSource[];

  constructor(policy: Pick<Policy, "inhibit">) {
    this.#inhibitor = new Inhibitor(policy.inhibit);
    this.#sources = [this.#inhibitor, mute, this.silences];
  }

  /** Adds silences that the store already has. */
  load({ silences }: { readonly silences: readonly Silence[] }): void {
    this.silences.load(silences);
  }

  /** The indexes that the book of alerts has to keep up to date. */
  get indexes(): readonly AlertIndex[] {
    return [this.#inhibitor];
  }

  /** The first hold on an alert now; undefined when nothing holds it back. Changes nothing. */
  holdOf(alert: AlertState, question: HoldQuestion): Hold | undefined {
    for (const source of this.#sources) {
      const hold = source.holdOf(alert, question);
      if (hold !== undefined) return hold;
    }
    return undefined;
  }

  /** Every hold on an alert, in the order of `holdOf`. Changes nothing. */
  holdsOn(alert: AlertState, question: HoldQuestion): readonly Hold[] {
    return this.#sources.flatMap((source) => source.holdOf(alert, question) ?? []);
  }

  /** Handles an input. @returns Whether held alerts may be free now. */
  take(input: EngineInput, moment: HoldMoment): boolean {
    // `map` and not `some`: every source has to handle the input.
    return this.#sources.map((source) => source.take?.(input, moment) === true).includes(true);
  }

  /** Handles news of an alert. */
  hear(news: AlertNews, moment: HoldMoment): void {
    for (const source of this.#sources) source.hear?.(news, moment);
  }

  /** The changes to store since the last call. */
  drain(): EntityChanges {
    return joinEntityChanges(this.#sources.flatMap((source) => source.drain?.() ?? []));
  }

  /** Records that a hold has kept a message back. */
  recordUse({ reason, by }: Hold, now: number): void {
    for (const source of this.#sources) if (source.reason === reason) source.recordUse?.(by, now);
  }

  /** Fingerprints of the alerts that a cause holds back, or held back until its end. */
  targetsOf(cause: AlertState): readonly string[] {
    return this.#inhibitor.targetsOf(cause);
  }

  /** Whether an alert merely happened by the plan that held it back, so that the end of the plan does not release it. */
  isExpected(alert: AlertState): boolean {
    return this.#inhibitor.isExpected(alert);
  }

  /** Whether the book keeps an alert for a while after its end, as the cause of alerts that come late. */
  remembers(cause: AlertState): boolean {
    return this.#inhibitor.remembers(cause);
  }
}
