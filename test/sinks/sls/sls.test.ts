import { describe, expect, it } from "vitest";

import { authorizationOf } from "../../../src/sinks/sls/authorization-of.ts";
import { sls } from "../../../src/sinks/sls/sls.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startReceiver } from "../../support/fake-receiver.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { type FakeSls, startFakeSls } from "../../vendors/sls.ts";

const PLACE = { project: "ops-events", logstore: "events" };

describeSink(sls, {
  receiver: () => startReceiver(),
  options: ({ url }, secret) => ({
    ...PLACE,
    endpoint: `${url}/${secret}`,
    accessKeyId: secret,
    accessKeySecret: secret,
  }),
  addressed: (endpoint) => ({ endpoint }),
  authorization: (secret) => expect.stringMatching(new RegExp(`^LOG ${secret}:`, "u")),
  checkRecord: (body) => expect(body).toContain("prod-eu1"),
});

/** https://www.alibabacloud.com/help/en/sls/developer-reference/request-signatures, "Examples". */
describe("the signature of the log service", () => {
  const KEY = { id: "bq2sjzesjmo86kq35behupbq", secret: "4fdO2fTDDnZPU/L7CHNdemB2Nsk=" };

  it("is that of the published request with a body", () => {
    const headers = {
      "content-md5": "1DD45FA4A70A9300CC9FE7305AF2C494",
      "content-type": "application/x-protobuf",
      "content-length": "52",
      date: "Mon, 09 Nov 2015 06:03:03 GMT",
      "x-log-signaturemethod": "hmac-sha1",
      "x-log-compresstype": "lz4",
      "x-log-apiversion": "0.6.0",
      "x-log-bodyrawsize": "50",
    };
    const request = { method: "POST", headers, resource: "/logstores/test-logstore" };
    expect(authorizationOf(KEY, request)).toBe("LOG bq2sjzesjmo86kq35behupbq:XWLGYHGg2F2hcfxWxMLiNkGki6g=");
  });

  it("is that of the published request without one", () => {
    const headers = {
      date: "Mon, 09 Nov 2015 06:11:16 GMT",
      "x-log-apiversion": "0.6.0",
      "x-log-signaturemethod": "hmac-sha1",
    };
    const resource = "/logstores?logstoreName=&offset=0&size=1000";
    expect(authorizationOf(KEY, { method: "GET", headers, resource })).toBe(
      "LOG bq2sjzesjmo86kq35behupbq:jEYOTCJs2e88o+y5F4/S5IsnBJQ=",
    );
  });
});

const TEXTS = Object.values(HOSTILE_TEXTS);
const RECORDS = TEXTS.map((text, index) => makeRecord(`r${index}`, { message: text }));
const KEYS = { accessKeyId: "id-1", accessKeySecret: "secret-1" };
const PROJECT = { keyId: "id-1", secret: "secret-1" };

async function write(
  { url }: Pick<FakeSls, "url">,
  options: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const { sink } = makeSink(
    sls,
    { ...PLACE, ...KEYS, endpoint: url, ...options },
    { clock: new FakeClock() },
  );
  const outcomes: unknown = await sink.write?.(RECORDS, noDeadline()).catch((error: unknown) => error);
  await sink.close();
  return outcomes;
}

describe("the sls sink", () => {
  it("V1: writes every text, with a signature that is right", async () => {
    await using project = await startFakeSls({ ...PROJECT, clock: new FakeClock() });
    expect(await write(project)).toEqual(RECORDS.map(() => ({ ok: true })));
    const [group] = project.groups();
    expect(group).toMatchObject({ topic: "kubernetes-events", source: "prod-eu1" });
    expect(group?.logs).toHaveLength(RECORDS.length);
    const log = group?.logs[0];
    expect(log?.time).toBe(Date.parse("2026-06-01T10:04:00Z") / 1000);
    expect(Object.fromEntries(log?.contents ?? [])).toMatchObject({
      id: "r0",
      cluster: "prod-eu1",
      reason: "BackOff",
      message: TEXTS[0]?.toWellFormed(),
      count: "3",
    });
    expect(project.requests[0]?.headers).toMatchObject({
      "x-log-compresstype": "deflate",
      host: "ops-events.127.0.0.1",
    });
  });

  it("bears the token of a key that is lent", async () => {
    await using project = await startFakeSls({ ...PROJECT, securityToken: "sts", clock: new FakeClock() });
    expect(await write(project, { securityToken: "sts" })).toEqual(RECORDS.map(() => ({ ok: true })));
  });

  it("says that a key is wrong, and that a logstore is missing", async () => {
    await using project = await startFakeSls({ ...PROJECT, clock: new FakeClock() });
    expect(await write(project, { accessKeySecret: "other" })).toMatchObject({
      class: "broken",
      failure: "unauthorized",
      message: expect.stringContaining("SignatureNotMatch"),
    });
    expect(await write(project, { logstore: "other" })).toMatchObject({
      class: "broken",
      failure: "not-found",
    });
    await using late = await startFakeSls({ ...PROJECT, clock: new FakeClock(0) });
    expect(await write(late)).toMatchObject({
      class: "broken",
      message: expect.stringContaining("the clock of this machine is wrong"),
    });
  });

  it.each([
    ["WriteQuotaExceed", "transient"],
    ["ShardWriteQuotaExceed", "transient"],
    ["ServerBusy", "transient"],
    ["InternalServerError", "transient"],
    ["PostBodyInvalid", "poison"],
    ["PostBodyTooLarge", "poison"],
    ["ProjectNotExist", "broken"],
  ])("V1: takes %s as %s", async (word, expected) => {
    await using project = await startFakeSls({ ...PROJECT, clock: new FakeClock() });
    project.fault({ word });
    expect(await write(project)).toMatchObject({ class: expected, message: expect.stringContaining(word) });
  });

  it.each([
    [502, "<html>Bad Gateway</html>"],
    [200, "<html>Log in</html>"],
  ])("V1: tries again when a page answers with %d", async (status, body) => {
    await using receiver = await startReceiver({ status, body });
    const { sink } = makeSink(sls, { ...PLACE, ...KEYS, endpoint: receiver.url });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", failure: "server" });
    await sink.close();
  });

  it("reaches the project under its own name, by https", async () => {
    const { sink } = makeSink(sls, { ...PLACE, ...KEYS, endpoint: "no-such-region.invalid" });
    const thrown: unknown = await sink.probe?.(noDeadline()).catch((error: unknown) => error);
    await sink.close();
    expect(thrown).toMatchObject({
      failure: "network",
      message: expect.stringContaining("ops-events.no-such-region.invalid:443 over TLS"),
    });
  });

  it.each([
    [{ ...KEYS, endpoint: "a.b", logstore: "events", project: "Ops" }, "a project has"],
    [{ ...KEYS, endpoint: "a.b", project: "ops-events", logstore: "../x" }, "a logstore has"],
    [{ endpoint: "a.b", ...PLACE, accessKeyId: "x" }, "expected a secret"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(sls, options)).toThrow(message);
  });
});
