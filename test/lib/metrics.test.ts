import { describe, expect, it } from "vitest";

import { Metrics } from "../../src/lib/metrics.ts";

describe("the metrics of an app", () => {
  it("go on where they were when a part is made again", async () => {
    const metrics = new Metrics();
    const start = (waiting: number) => {
      metrics.gauge("waiting", "How many.", { collect: (gauge) => gauge.set(waiting) });
      metrics.histogram("seconds", "How long.", { buckets: [1] }).observe(2);
      return metrics.counter("done_total", "How many.", ["sink"]);
    };
    start(1).inc({ sink: "ops" });
    start(7).inc({ sink: "ops" });
    const text = await metrics.text();
    expect(text).toContain('done_total{sink="ops"} 2');
    expect(text).toContain("seconds_count 2");
    // The newest part is asked.
    expect(text).toContain("waiting 7");
  });

  it("are apart from those of another app", async () => {
    const [own, other] = [new Metrics(), new Metrics()];
    own.counter("done_total", "How many.").inc();
    expect(await other.text()).not.toContain("done_total");
  });
});
