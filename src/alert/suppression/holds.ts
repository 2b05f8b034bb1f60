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

/** Everything that can hold alerts back. */
export class Holds {
  readonly silences: SilenceBook;
  readonly #inhibitor: Inhibitor;
  /** In the order in which they are asked: news of what a cause held back has to be fresh afterwards. */
  readonly #sources: readonly HoldSource[];

  constructor(policy: Pick<Policy, "inhibit">, silences: readonly Silence[]) {
    this.silences = new SilenceBook(silences);
    this.#inhibitor = new Inhibitor(policy.inhibit);
    this.#sources = [this.#inhibitor, mute, this.silences];
  }

  /** To be kept up with the alerts. */
  get indexes(): readonly AlertIndex[] {
    return [this.#inhibitor];
  }

  /** The first hold that keeps people from being told of an alert now. Changes nothing. */
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

  /** Takes in an input. @returns Whether alerts that are held back may be free now. */
  take(input: EngineInput, moment: HoldMoment): boolean {
    // Each of them has to take it in.
    return this.#sources.map((source) => source.take?.(input, moment) === true).includes(true);
  }

  /** Hears what has become of an alert. */
  hear(news: AlertNews, moment: HoldMoment): void {
    for (const source of this.#sources) source.hear?.(news, moment);
  }

  /** Everything that is to be stored since the last call. */
  drain(): EntityChanges {
    return joinEntityChanges(this.#sources.flatMap((source) => source.drain?.() ?? []));
  }

  /** A hold has kept a message back. */
  recordUse({ reason, by }: Hold, now: number): void {
    for (const source of this.#sources) if (source.reason === reason) source.recordUse?.(by, now);
  }

  /** Fingerprints of the alerts that an alert holds back as their cause, or held back until its end. */
  targetsOf(cause: AlertState): readonly string[] {
    return this.#inhibitor.targetsOf(cause);
  }

  /** Whether an alert is to be remembered after its end, as the cause of what comes late. */
  remembers(cause: AlertState): boolean {
    return this.#inhibitor.remembers(cause);
  }
}
