import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { strict } from "../../src/lib/schema.ts";
import { defineSink, type SinkRecord, type SinkType } from "../../src/sink/index.ts";
import { loadSinkTypes } from "../../src/sinks/index.ts";
import { AWS_KEY } from "../support/aws-sinks.ts";
import { noDeadline } from "../support/deadline.ts";
import { makeSink } from "../support/describe-sink.ts";
import { startReceiver } from "../support/fake-receiver.ts";
import { makeRecord } from "../support/notifications.ts";

const TEMPLATE = {
  only: "{{ event.reason }} {{ event.count }}",
  count: "{{ event.count }}",
  fixed: ["a", null, 3],
};
const EVENT = { reason: "FailedMount", count: 7 };
const SHOWN = { only: "FailedMount 7", count: 7, fixed: ["a", null, 3] };

/** A sink that keeps what it is given. */
function keeping(kept: SinkRecord[]): SinkType {
  return defineSink({
    type: "own",
    options: strict({}),
    takes: ["records"],
    shows: true,
    traits: () => ({ rateLimit: undefined, concurrency: 1 }),
    http: false,
    create: () => ({
      write: async (records) => {
        kept.push(...records);
        return records.map(() => ({ ok: true }));
      },
      close: () => Promise.resolve(),
    }),
  });
}

describe("a template for records", () => {
  it("makes another form of a record, beside the whole one", async () => {
    const kept: SinkRecord[] = [];
    const { sink } = makeSink(keeping(kept), { template: TEMPLATE });
    await sink.write?.([makeRecord("1", EVENT)], noDeadline());
    expect(JSON.parse(kept[0]?.shown ?? "")).toEqual(SHOWN);
    expect(JSON.parse(kept[0]?.body ?? "")).toMatchObject({ id: "1", event: EVENT });
  });

  it("that fails for one record takes no other with it", async () => {
    const kept: SinkRecord[] = [];
    const { sink } = makeSink(keeping(kept), { template: { rate: "{{ 10 / (event.count - 1) }}" } });
    const records = [2, 1, 6].map((count, index) => makeRecord(String(index), { count }));
    const outcomes = await sink.write?.(records, noDeadline());
    expect(outcomes).toEqual([
      { ok: true },
      { ok: false, error: expect.objectContaining({ class: "poison", failure: "misconfigured" }) as unknown },
      { ok: true },
    ]);
    expect(kept.map(({ shown }) => shown)).toEqual(['{"rate":10}', '{"rate":2}']);
  });

  it.each([
    [{ a: "{{ event.nosuch }}" }, /nosuch/u],
    [{ a: "{{ title }}" }, /title/u],
  ])("%j is a fault at load", (template, message) => {
    expect(() => makeSink(keeping([]), { template })).toThrow(message);
  });

  it("is an unknown key where a sink has a form of its own", async () => {
    const types = await loadSinkTypes();
    const syslog = types.find(({ type }) => type === "syslog");
    if (syslog === undefined) throw new Error("there is no syslog");
    expect(() => makeSink(syslog, { address: "localhost:1", template: {} })).toThrow(
      /unknown key "template"/u,
    );
  });
});

/** Sinks with a template, and the options that send to an address. */
const OPTIONS: Readonly<Record<string, (url: string) => Readonly<Record<string, unknown>>>> = {
  elasticsearch: (url) => ({ urls: [url] }),
  loki: (url) => ({ url }),
  splunk: (url) => ({ url, token: "00000000-0000-0000-0000-000000000000" }),
  sqs: (url) => ({ queueUrl: `${url}/1/q`, region: "eu-west-1", ...AWS_KEY }),
  sns: (url) => ({ topicArn: "arn:aws:sns:eu-west-1:123456789012:t", endpoint: url, ...AWS_KEY }),
  eventbridge: (url) => ({ endpoint: url, region: "eu-west-1", ...AWS_KEY }),
};

describe("what a sink with a template writes", () => {
  it.each(Object.keys(OPTIONS))("is the template alone: %s", async (name) => {
    const type = (await loadSinkTypes()).find((each) => each.type === name);
    if (type === undefined) throw new Error(`there is no ${name}`);
    await using receiver = await startReceiver({ status: 200, body: "{}" });
    const { sink } = makeSink(type, { ...OPTIONS[name]?.(receiver.url), template: TEMPLATE });
    // The answer of the fake is no matter here.
    await sink.write?.([makeRecord("record-1", EVENT)], noDeadline()).catch(() => undefined);
    await sink.close();
    const [request] = receiver.requests;
    const text = decodeURIComponent((request?.body ?? "").replaceAll("+", " ")).replaceAll("\\", "");
    expect(text).toContain(JSON.stringify(SHOWN));
    expect(text).not.toContain('"forward"');
  });

  it("is a line of a file, and of standard output", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tocsin-shown-"));
    const types = await loadSinkTypes();
    try {
      const path = join(folder, "events.jsonl");
      for (const [name, options] of [
        ["file", { path }],
        ["stdout", {}],
      ] as const) {
        const type = types.find((each) => each.type === name);
        if (type === undefined) throw new Error(`there is no ${name}`);
        const { sink, printed } = makeSink(type, { ...options, template: TEMPLATE });
        await sink.write?.([makeRecord("record-1", EVENT)], noDeadline());
        await sink.close();
        const text = name === "file" ? await readFile(path, "utf8") : printed.join("");
        expect(text).toBe(`${JSON.stringify(SHOWN)}\n`);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
