import type { Changes } from "../../alert/index.ts";
import { DAY_MS, decisionRows } from "./decision-rows.ts";
import type { PostgresTenure } from "./postgres-tenure.ts";
import { nameStatements } from "./statement.ts";

const SQL = nameStatements("parts", {
  forgot: "UPDATE kept SET since = greatest(since, $1) WHERE what = 'decision'",
});

/** The parts of the table of decisions, one for each day: made before the first decision of a day, and dropped whole. */
export class DecisionParts {
  readonly #tenure: PostgresTenure;
  /** Days that have a part for sure. */
  #known = new Set<number>();

  constructor(tenure: PostgresTenure) {
    this.#tenure = tenure;
  }

  /** Makes the parts of these decisions that are missing. */
  async provide(changes: Pick<Changes, "decisions">): Promise<void> {
    const missing = [...decisionRows.daysOf(changes)].filter((day) => !this.#known.has(day));
    if (missing.length === 0) return;
    await this.#tenure.write(async () => missing.map(decisionRows.makePart));
    for (const day of missing) this.#known.add(day);
  }

  /** Another replica may have dropped parts. */
  forget(): void {
    this.#known = new Set();
  }

  /** Drops the days that ended before. @param before Epoch milliseconds. */
  async drop(before: number): Promise<void> {
    const [answer] = await this.#tenure.read([decisionRows.parts()]);
    const days = (answer?.rows ?? []).map(({ name }) => decisionRows.dayOf(String(name)));
    for (const day of days.toSorted((one, other) => one - other)) {
      if ((day + 1) * DAY_MS > before) break;
      await this.#tenure.write(async (send) => {
        const [newest] = await send([
          { name: "", text: `SELECT max(at) + 1 AS since FROM decision_${day}`, values: [] },
        ]);
        const since = Number(newest?.rows[0]?.["since"] ?? 0);
        return [SQL.forgot(since), decisionRows.dropPart(day)];
      });
      this.#known.delete(day);
    }
  }
}
