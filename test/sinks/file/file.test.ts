import { existsSync } from "node:fs";
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { file } from "../../../src/sinks/file/file.ts";
import { noDeadline } from "../../support/deadline.ts";
import {
  describeSink,
  failureOfSending,
  makeSink,
  type Receiver,
  sendOnce,
} from "../../support/describe-sink.ts";
import { makeNotification, makeRecord } from "../../support/notifications.ts";

interface FileReceiver extends Receiver {
  readonly path: string;
}

async function openDirectory(): Promise<FileReceiver> {
  const directory = await mkdtemp(join(tmpdir(), "tocsin-file-"));
  const path = join(directory, "alerts.jsonl");
  return {
    path,
    bodies: async () => (await readFile(path, "utf8")).split("\n").slice(0, -1),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

describeSink(file, {
  receiver: openDirectory,
  options: ({ path }) => ({ path }),
  check: (body, text) => {
    expect(JSON.parse(body)).toMatchObject({ version: "1", title: text.toWellFormed() });
    expect(body).not.toMatch(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u200b-\u200f\u{e0000}-\u{e007f}]/u);
  },
});

describe("the file sink", () => {
  let directory = "";
  let path = "";

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "tocsin-file-"));
    path = join(directory, "alerts.jsonl");
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  async function idsIn(name: string): Promise<unknown[]> {
    const text = await readFile(join(directory, name), "utf8");
    expect(text.endsWith("\n")).toBe(true);
    // Every line that the sink writes has an id.
    return text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: unknown }).id);
  }

  it("appends to what is there, and makes the directory", async () => {
    path = join(directory, "deep", "er", "alerts.jsonl");
    for (const id of ["one", "two"]) {
      const { sink } = makeSink(file, { path });
      await sendOnce(sink, makeNotification({ id }));
      await sink.close();
    }
    expect(await idsIn("deep/er/alerts.jsonl")).toEqual(["one", "two"]);
  });

  it("takes its path relative to the configuration", async () => {
    const { sink } = makeSink(
      file,
      { path: "alerts.jsonl" },
      { resolvePath: (given) => join(directory, given) },
    );
    await sendOnce(sink, makeNotification({ id: "one" }));
    expect(await idsIn("alerts.jsonl")).toEqual(["one"]);
  });

  it("keeps lines whole and in order when several are written at once", async () => {
    const { sink } = makeSink(file, { path, concurrency: 8 });
    const ids = Array.from({ length: 30 }, (_, index) => `r${index}`);
    await Promise.all(ids.map(async (id) => sink.write?.([makeRecord(id)], noDeadline())));
    expect(await idsIn("alerts.jsonl")).toEqual(ids);
  });

  it("waits for what is being written when it closes", async () => {
    const { sink } = makeSink(file, { path });
    void sendOnce(sink, makeNotification({ id: "one" }));
    await sink.close();
    expect(await idsIn("alerts.jsonl")).toEqual(["one"]);
  });

  it("ends a line that a crash has cut off", async () => {
    await appendFile(path, '{"id":"whole"}\n{"id":"to');
    const { sink } = makeSink(file, { path });
    await sendOnce(sink, makeNotification({ id: "after" }));
    const lines = (await readFile(path, "utf8")).split("\n");
    expect(lines.slice(0, 2)).toEqual(['{"id":"whole"}', '{"id":"to']);
    expect(JSON.parse(lines[2] ?? "")).toMatchObject({ id: "after" });
  });

  it("moves a full file away, keeps three old ones, and never splits a batch", async () => {
    const { sink } = makeSink(file, { path, maxBytes: "2KiB" });
    for (let round = 0; round < 6; round++) {
      await sink.write?.([makeRecord(`${round}a`), makeRecord(`${round}b`)], noDeadline());
    }
    expect((await readdir(directory)).toSorted()).toEqual([
      "alerts.jsonl",
      "alerts.jsonl.1",
      "alerts.jsonl.2",
      "alerts.jsonl.3",
    ]);
    expect(await idsIn("alerts.jsonl")).toEqual(["5a", "5b"]);
    expect(await idsIn("alerts.jsonl.1")).toEqual(["4a", "4b"]);
    expect(await idsIn("alerts.jsonl.3")).toEqual(["2a", "2b"]);
  });

  it("writes what is larger than maxBytes into a file of its own", async () => {
    const { sink } = makeSink(file, { path, maxBytes: "1B" });
    await sendOnce(sink, makeNotification({ id: "one" }));
    await sendOnce(sink, makeNotification({ id: "two" }));
    expect(await idsIn("alerts.jsonl")).toEqual(["two"]);
    expect(await idsIn("alerts.jsonl.1")).toEqual(["one"]);
  });

  it("goes on in a new file when somebody has moved the old one away", async () => {
    const { sink } = makeSink(file, { path });
    await sendOnce(sink, makeNotification({ id: "one" }));
    await rename(path, `${path}.moved`);
    await sendOnce(sink, makeNotification({ id: "two" }));
    expect(await idsIn("alerts.jsonl")).toEqual(["two"]);
  });

  it("says in a probe whether it could write, and makes nothing", async () => {
    const probe = (place: string) => makeSink(file, { path: place }).sink.probe?.(noDeadline());
    const deep = join(directory, "deep", "er", "alerts.jsonl");
    expect(await probe(deep)).toBe(`${deep} can be made`);
    expect(await readdir(directory)).toEqual([]);
    await appendFile(path, "{}\n");
    expect(await probe(path)).toBe(`${path} is there and may be written`);
    expect(await readFile(path, "utf8")).toBe("{}\n");
    await expect(probe(join(path, "x"))).rejects.toMatchObject({ class: "broken" });
    await expect(probe(directory)).rejects.toMatchObject({ message: "the file cannot be written (EISDIR)" });
  });

  it("is broken when the path cannot be a file, and works again once it can", async () => {
    await mkdir(path);
    const { sink } = makeSink(file, { path });
    expect(await failureOfSending(sink)).toMatchObject({
      failure: "misconfigured",
      class: "broken",
      message: "the file cannot be written (EISDIR)",
    });
    await rm(path, { recursive: true });
    await sendOnce(sink, makeNotification({ id: "one" }));
    expect(await idsIn("alerts.jsonl")).toEqual(["one"]);
  });

  it.runIf(process.getuid?.() !== 0)("is broken where it may not write", async () => {
    await chmod(directory, 0o500);
    const { sink } = makeSink(file, { path });
    const failure = await failureOfSending(sink);
    await chmod(directory, 0o700);
    expect(failure).toMatchObject({ class: "broken", message: "the file cannot be written (EACCES)" });
  });

  it.runIf(existsSync("/dev/full"))("waits for room on a full disk", async () => {
    const { sink } = makeSink(file, { path: "/dev/full" });
    expect(await failureOfSending(sink)).toMatchObject({
      class: "transient",
      message: "the file cannot be written (ENOSPC)",
    });
  });
});
