import { describe, expect, it } from "vitest";

import type { SinkRecord } from "../../../src/sink/index.ts";
import { splunk } from "../../../src/sinks/splunk/splunk.ts";
import { noDeadline } from "../../support/deadline.ts";
import { makeSink } from "../../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { type FakeSplunk, startFakeSplunk } from "../../vendors/splunk.ts";

/** The outcomes of the records, or the error of the whole batch. */
async function write(
  store: FakeSplunk,
  records: readonly SinkRecord[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const { sink } = makeSink(splunk, { url: store.url, token: "right", ...options });
  try {
    return await sink.write?.(records, noDeadline());
  } catch (error) {
    return error;
  } finally {
    await sink.close();
  }
}

const RECORD = [makeRecord("a")];

describe("the splunk sink and a collector as Splunk describes it", () => {
  it("keep whatever an Event says", async () => {
    await using store = await startFakeSplunk();
    const records = Object.entries(HOSTILE_TEXTS).map(([name, hostile]) => {
      const text = hostile.slice(0, 4000);
      return makeRecord(name, { reason: text, message: text, source: { component: text, host: text } });
    });
    expect(await write(store, records)).toEqual(records.map(() => ({ ok: true })));
    expect(store.events()).toHaveLength(records.length);
  });

  it("agree on token and index", async () => {
    await using store = await startFakeSplunk({ token: "right", indexes: ["k8s"] });
    expect(await write(store, RECORD, { index: "k8s" })).toEqual([{ ok: true }]);
    expect(store.events()).toMatchObject([{ index: "k8s", sourcetype: "kube:events", event: { id: "a" } }]);
    expect(await write(store, RECORD, { index: "k8s", token: "wrong" })).toMatchObject({ class: "broken" });
  });

  it.each([
    ["busy", "transient"],
    ["unhealthy", "transient"],
    ["shuttingDown", "transient"],
    ["internalError", "transient"],
    ["tokenDisabled", "broken"],
    ["invalidAuthorization", "broken"],
  ])("take the answer %s as %s", async (word, kind) => {
    await using store = await startFakeSplunk();
    store.fault({ word });
    expect(await write(store, RECORD)).toMatchObject({ class: kind });
  });

  it("say that the token may not write to an index", async () => {
    await using store = await startFakeSplunk({ indexes: ["k8s"] });
    const refusal = await write(store, RECORD, { index: "main" });
    expect(refusal).toMatchObject({ class: "broken", message: expect.stringContaining("code 7") });
    expect(store.events()).toEqual([]);
  });
});
