import { Counter, Gauge, Histogram, Registry } from "@prometheus-io/client";

export type { Counter, Gauge, Histogram };

/**
 * A registry where a part registers its metrics. Each app has its own, as an argument: nothing is process-wide. Label
 * values come from the configuration or from unions, never from an Event. A part that is made again asks for the same
 * names and gets the same metrics, which go on where they were.
 */
export class Metrics {
  readonly #registry = new Registry();
  /** Functions that set a gauge when a scrape reads it; keyed by name, the newest one only. */
  readonly #collects = new Map<string, () => void | Promise<void>>();

  /** A count that only grows; the name ends in `_total`. */
  counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return this.#once(
      name,
      () => new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] }),
    );
  }

  /** A value that goes up and down; `collect` sets it for each scrape. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    options: {
      readonly labelNames?: readonly Label[];
      readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
    } = {},
  ): Gauge<Label> {
    const { labelNames = [], collect } = options;
    const collects = this.#collects;
    const gauge = this.#once(
      name,
      () =>
        new Gauge({
          name,
          help,
          labelNames: [...labelNames],
          registers: [this.#registry],
          ...(collect === undefined ? {} : { collect: async () => collects.get(name)?.() }),
        }),
    );
    if (collect !== undefined) collects.set(name, () => collect(gauge));
    return gauge;
  }

  /** A distribution; buckets in the unit that the name ends in. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    options: { readonly labelNames?: readonly Label[]; readonly buckets: readonly number[] },
  ): Histogram<Label> {
    const { labelNames = [], buckets } = options;
    return this.#once(
      name,
      () =>
        new Histogram({
          name,
          help,
          labelNames: [...labelNames],
          buckets: [...buckets],
          registers: [this.#registry],
        }),
    );
  }

  /** Everything, as Prometheus text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  #once<Metric>(name: string, make: () => Metric): Metric {
    // A name is asked for in one place of the program, and so always with the same kind and labels.
    return (this.#registry.getSingleMetric(name) as Metric | undefined) ?? make();
  }
}
