import { Counter, Gauge, Histogram, Registry } from "@prometheus-io/client";

export type { Counter, Gauge, Histogram };

/**
 * A registry where a part registers its metrics. Each app has its own, as an argument: nothing is process-wide. Label
 * values come from the configuration or from unions, never from an Event.
 */
export class Metrics {
  readonly #registry = new Registry();

  /** A count that only grows; the name ends in `_total`. */
  counter<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  /** A value that goes up and down; `collect` sets it when somebody reads the metrics. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    options: {
      readonly labelNames?: readonly Label[];
      readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
    } = {},
  ): Gauge<Label> {
    const { labelNames = [], collect } = options;
    return new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      ...(collect === undefined
        ? {}
        : {
            async collect(this: Gauge<Label>) {
              await collect(this);
            },
          }),
    });
  }

  /** A distribution; buckets in the unit that ends its name. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    options: { readonly labelNames?: readonly Label[]; readonly buckets: readonly number[] },
  ): Histogram<Label> {
    const { labelNames = [], buckets } = options;
    return new Histogram({
      name,
      help,
      labelNames: [...labelNames],
      buckets: [...buckets],
      registers: [this.#registry],
    });
  }

  /** All metrics, as Prometheus text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** The content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }
}
