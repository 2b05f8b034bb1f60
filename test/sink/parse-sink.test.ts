import { describe, expect, it } from "vitest";
import { z } from "zod";

import { strict } from "../../src/lib/schema.ts";
import { SecretRef } from "../../src/lib/secret.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import { type ConfiguredSink, defineSink, parseSink, type SinkType } from "../../src/sink/index.ts";

const alerts = defineSink({
  type: "chat",
  options: strict({ url: SecretRef, room: z.string().default("ops") }),
  takes: ["alerts"],
  traits: ({ room }) => ({ rateLimit: { count: room === "slow" ? 1 : 5, perMs: 1000 }, concurrency: 1 }),
  destinationOf: (_, { room }) => room,
  http: true,
  create: () => ({ close: () => Promise.resolve() }),
});

const records = defineSink({
  type: "records",
  options: strict({ path: z.string() }),
  takes: ["alerts", "records"],
  traits: () => ({ rateLimit: undefined, concurrency: 16 }),
  http: false,
  create: () => ({ close: () => Promise.resolve() }),
});

const TYPES: readonly SinkType[] = [alerts, records];
const CHAT = { name: "ops", type: "chat", url: { env: "URL" } };
const RECORDS = { name: "all", type: "records", path: "x" };

function sinkOf(entry: unknown): ConfiguredSink {
  const { sink, faults } = parseSink(entry, TYPES);
  if (sink === undefined) throw new Error(faults.map(({ message }) => message).join("; "));
  return sink;
}

function faultsOf(entry: unknown): string[] {
  return parseSink(entry, TYPES).faults.map(
    ({ level, path, message }) => `${level} ${path.join(".")}: ${message}`,
  );
}

describe("parseSink", () => {
  it("fills in defaults, the type's own where it has some", () => {
    const { name, type, options, common, http } = sinkOf(CHAT);
    expect({ name, type, options, http }).toEqual({
      name: "ops",
      type: alerts,
      options: { url: { env: "URL" }, room: "ops" },
      http: {},
    });
    expect(common).toEqual({
      timeoutMs: 10_000,
      attemptMs: 10_000,
      isSingle: false,
      lanes: {},
      maxAgeMs: undefined,
      rateLimit: { count: 5, perMs: 1000 },
      minSeverity: undefined,
      sendResolved: true,
      fallback: undefined,
      concurrency: 1,
      totalConcurrency: 16,
      logs: true,
      merges: true,
      chooses: undefined,
      digest: undefined,
      title: undefined,
      text: undefined,
      batch: { size: 1, waitMs: 1000 },
    });
    expect(sinkOf(RECORDS).common).toMatchObject({
      rateLimit: undefined,
      concurrency: 16,
      totalConcurrency: 16,
    });
  });

  it("takes the pace of a type from its options, and lets the user's own win", () => {
    expect(sinkOf({ ...CHAT, room: "slow" }).common.rateLimit).toEqual({ count: 1, perMs: 1000 });
    const { common } = sinkOf({ ...CHAT, room: "slow", rateLimit: { count: 9, per: "1s" }, concurrency: 32 });
    expect(common).toMatchObject({
      rateLimit: { count: 9, perMs: 1000 },
      concurrency: 32,
      totalConcurrency: 32,
    });
  });

  it("waits ten minutes before a message goes to the fallback", () => {
    expect(sinkOf({ ...CHAT, fallback: "mail" }).common.fallback).toEqual({
      sink: "mail",
      afterMs: 600_000,
    });
  });

  it("takes every common and HTTP option", () => {
    const { common, http } = sinkOf({
      ...CHAT,
      timeout: "3s",
      maxAge: "1h",
      rateLimit: { count: 20, per: "1m" },
      minSeverity: "critical",
      sendResolved: "proven",
      fallback: "mail",
      fallbackAfter: "5m",
      concurrency: 4,
      title: "{{ cluster }}: {{ title }}",
      text: "fixed",
      auth: { basic: { username: "u", password: { file: "p" } } },
      headers: { "x-team": "shop", "x-key": { env: "KEY" } },
      tls: { caFile: "ca.pem" },
      proxy: "http://proxy:3128",
    });
    expect(common).toMatchObject({
      timeoutMs: 3000,
      maxAgeMs: 3_600_000,
      rateLimit: { count: 20, perMs: 60_000 },
      minSeverity: "critical",
      sendResolved: "proven",
      fallback: { sink: "mail", afterMs: 300_000 },
      concurrency: 4,
      title: { source: "{{ cluster }}: {{ title }}" },
      text: { source: "fixed" },
    });
    expect(http).toEqual({
      auth: { basic: { username: "u", password: { file: "p" } } },
      headers: { "x-team": "shop", "x-key": { env: "KEY" } },
      tls: { caFile: "ca.pem" },
      proxy: "http://proxy:3128",
    });
    expect(sinkOf({ ...RECORDS, batch: { size: 100 } }).common.batch).toEqual({ size: 100, waitMs: 1000 });
  });

  it.each([
    { entry: "ops", fault: "error : expected a mapping, such as { key: value }, not a text" },
    { entry: { type: "chat" }, fault: "error name: expected a name" },
    {
      entry: { ...CHAT, name: "a b" },
      fault: "error name: a name has letters, digits, and . _ - after the first, at most 63",
    },
    { entry: { name: "ops" }, fault: "error type: expected the type of the sink, such as slack" },
    {
      entry: { name: "ops", type: "cat" },
      fault: 'error type: unknown sink type "cat"; did you mean "chat"?',
    },
    {
      entry: { name: "ops", type: "pagerduty" },
      fault: 'error type: unknown sink type "pagerduty"; known: chat, records',
    },
    { entry: { ...CHAT, rom: "x" }, fault: 'error rom: unknown key "rom"; did you mean "room"?' },
    {
      entry: { ...CHAT, timout: "3s" },
      fault: 'error timout: unknown key "timout"; did you mean "timeout"?',
    },
    {
      entry: { ...CHAT, hedaers: {} },
      fault: 'error hedaers: unknown key "hedaers"; did you mean "headers"?',
    },
    {
      entry: { ...CHAT, send_resolved: true },
      fault: 'error send_resolved: unknown key "send_resolved"; here it is called "sendResolved"',
    },
    {
      entry: { ...CHAT, fallbackAfter: "5m" },
      fault: "error fallbackAfter: fallbackAfter needs a fallback: name the sink that messages go to",
    },
    {
      entry: { ...RECORDS, auth: { bearer: "x" } },
      fault: 'error auth: "auth" is for HTTP sinks; records is none',
    },
    {
      entry: { ...CHAT, batch: { size: 2 } },
      fault: 'error batch: "batch" is for sinks that take records; chat takes alerts only',
    },
    { entry: { ...CHAT, timeout: "0s" }, fault: "error timeout: must be longer than 0" },
    {
      entry: { ...CHAT, timeout: "3" },
      fault: 'error timeout: not a duration: "3" (write 250ms, 30s, 5m, 1h30m or 7d)',
    },
    { entry: { ...CHAT, sendResolved: "no" }, fault: 'error sendResolved: expected true, false or "proven"' },
    {
      entry: { ...CHAT, title: "{{ alrt.rule }}" },
      fault: 'error title: unknown name "alrt"; did you mean "alert"?',
    },
    { entry: { ...CHAT, headers: { "a b": "x" } }, fault: 'error headers.a b: not a header name: "a b"' },
    {
      entry: { ...CHAT, headers: { TE: "x" } },
      fault: "error headers.TE: header TE is set by the connection and cannot be configured",
    },
    {
      entry: { ...CHAT, headers: { a: "x\r\ny: z" } },
      fault: "error headers.a: a header's value has no line breaks, control characters or non-Latin letters",
    },
    { entry: { ...CHAT, tls: { certFile: "x" } }, fault: "error tls: certFile and keyFile go together" },
    { entry: { ...CHAT, proxy: "socks5://x" }, fault: "error proxy: not an http:// or https:// URL" },
    {
      entry: { ...CHAT, url: "${SLACK_URL}" },
      fault:
        "error url: looks like a reference, which is not expanded; write { env: NAME } or { file: path }",
    },
    {
      entry: { ...CHAT, auth: { bearer: "$TOKEN" } },
      fault:
        "error auth.bearer: looks like a reference, which is not expanded; write { env: NAME } or { file: path }",
    },
  ])("refuses $entry", ({ entry, fault }) => {
    expect(parseSink(entry, TYPES).sink).toBeUndefined();
    expect(faultsOf(entry)).toContain(fault);
  });

  it("accepts a literal secret with a warning that does not repeat it", () => {
    const { sink, faults } = parseSink({ ...CHAT, url: "https://hooks.example/hunter2" }, TYPES);
    expect(sink).toBeDefined();
    expect(faults).toMatchObject([{ level: "warning", path: ["url"] }]);
    expect(JSON.stringify(faults)).not.toContain("hunter2");
  });

  it("reports everything that is wrong at once", () => {
    const faults = faultsOf({ ...CHAT, url: 3, timeout: "soon", title: "{{ x }}", proxy: 3, nonsense: 1 });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "error nonsense",
      "error url",
      "error timeout",
      "error proxy",
      "error title",
    ]);
  });

  it("points into a template, so that the editor can", () => {
    const yaml = parseYaml(
      "tocsin.yaml",
      'name: ops\ntype: chat\nurl: { env: URL }\ntitle: "{{ cluster }} {{ x }}"\n',
    );
    expect(yaml.locate(parseSink(yaml.value, TYPES).faults)).toMatchObject([{ line: 4, path: "title" }]);
  });

  it("has another version when anything but a text changes", () => {
    const { version } = sinkOf(CHAT);
    expect(sinkOf({ ...CHAT, title: "x", text: "y" }).version).toBe(version);
    expect(sinkOf({ ...CHAT, timeout: "3s" }).version).not.toBe(version);
    expect(sinkOf({ ...CHAT, url: { env: "OTHER" } }).version).not.toBe(version);
  });
});
