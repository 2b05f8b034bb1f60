import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { FakeClock } from "../support/fake-clock.ts";
import { type FakeSls, type FakeSlsOptions, SLS_ERRORS, startFakeSls } from "./sls.ts";
import { signatureV1, signatureV4 } from "./sls/signature.ts";

const KEY = { keyId: "acsddda21dsd", secret: "zxasdasdasw2" };

const start = (options: FakeSlsOptions = {}): Promise<FakeSls> =>
  startFakeSls({ ...KEY, clock: new FakeClock(), ...options });

/** A field of a protocol buffer, written by hand: no length here needs more than two bytes. */
function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === "number") return Buffer.from([number * 8, ...varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const pair = (key: string, value: string): Buffer => Buffer.concat([field(1, key), field(2, value)]);
const TIME = Date.parse("2026-06-01T10:00:00Z") / 1000;
const LOG = Buffer.concat([
  field(1, TIME),
  field(2, pair("reason", "BackOff")),
  Buffer.from([4 * 8 + 5, 5, 0, 0, 0]),
]);
const GROUP = Buffer.concat([
  field(1, LOG),
  field(3, "k8s"),
  field(4, "tocsin"),
  field(6, pair("cluster", "prod")),
]);

interface Sent {
  readonly body?: Buffer;
  /** Beside the usual ones; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly path?: string;
  readonly key?: { readonly keyId: string; readonly secret: string };
  readonly version?: 1 | 4;
}

async function put(
  sls: FakeSls,
  { body = GROUP, headers = {}, path = "/logstores/events/shards/lb", key = KEY, version = 1 }: Sent = {},
) {
  const time =
    version === 1
      ? { date: "Mon, 01 Jun 2026 10:00:00 GMT", "x-log-signaturemethod": "hmac-sha1" }
      : { "x-log-date": "20260601T100000Z" };
  const all = Object.entries<string | undefined>({
    host: new URL(sls.url).host,
    "content-type": "application/x-protobuf",
    "content-md5": createHash("md5").update(body).digest("hex").toUpperCase(),
    "x-log-apiversion": "0.6.0",
    "x-log-bodyrawsize": String(body.length),
    ...time,
    ...headers,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const request = { method: "POST", path, headers: Object.fromEntries(all), bytes: body };
  const authorization =
    version === 1
      ? signatureV1(request, key.keyId, key.secret)
      : signatureV4(request, key.keyId, key.secret, "cn-hangzhou");
  const answer = await fetch(sls.url + path, {
    method: "POST",
    headers: { authorization, ...request.headers },
    body: new Uint8Array(body),
  });
  const text = await answer.text();
  const said: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: answer.status, body: said };
}

describe("the signatures of SLS", () => {
  it("are those of the SDKs' own tests", () => {
    // aliyun-log-go-sdk, signature_test.go.
    const headers = {
      date: "Mon, 3 Jan 2010 08:33:47 GMT",
      "x-log-apiversion": "0.6.0",
      "x-log-bodyrawsize": "0",
      "x-log-signaturemethod": "hmac-sha1",
    };
    const read = { method: "GET", path: "/logstores", headers, bytes: Buffer.alloc(0) };
    expect(signatureV1(read, "mockAccessKeyID", "mockAccessKeySecret")).toBe(
      "LOG mockAccessKeyID:Rwm6cTKzoti4HWoe+GKcb6Kv07E=",
    );
    // aliyun-log-java-sdk, SlsV4SignerTest, and aliyun-log-python-sdk, test_auth_v4.
    const bytes = Buffer.from("adasd= -asd zcas");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const write = {
      method: "POST",
      path: "/logstores",
      headers: { "x-log-date": "20220808T032330Z", "x-log-content-sha256": sha256 },
      bytes,
    };
    expect(signatureV4(write, KEY.keyId, KEY.secret, "cn-shanghai")).toBe(
      "SLS4-HMAC-SHA256 Credential=acsddda21dsd/20220808/cn-shanghai/sls/aliyun_v4_request,Signature=8a10a5e723cb2e75964816de660b2c16a58af8bc0261f7f0722d832468c76ce8",
    );
  });
});

describe("a fake SLS", () => {
  it.each([1, 4] as const)("takes logs that are signed by version %d", async (version) => {
    await using sls = await start();
    expect(await put(sls, { version })).toEqual({ status: 200, body: undefined });
    expect(sls.groups("events")).toEqual([
      {
        logs: [{ time: TIME, timeNs: 5, contents: [["reason", "BackOff"]] }],
        topic: "k8s",
        source: "tocsin",
        tags: [["cluster", "prod"]],
      },
    ]);
  });

  it("reads what is deflated", async () => {
    await using sls = await start();
    const headers = { "x-log-compresstype": "deflate", "x-log-bodyrawsize": String(GROUP.length) };
    expect(await put(sls, { body: deflateSync(GROUP), headers })).toMatchObject({ status: 200 });
    expect(sls.groups()).toHaveLength(1);
  });

  const withoutTime = field(1, field(2, pair("reason", "BackOff")));
  const withoutContents = field(1, field(1, TIME));
  const notUtf8 = field(
    1,
    Buffer.concat([field(1, TIME), field(2, Buffer.concat([field(1, "a"), field(2, Buffer.from([0xff]))]))]),
  );
  const longValue = field(
    1,
    Buffer.concat([field(1, TIME), field(2, pair("a", "b".repeat(1024 * 1024 + 1)))]),
  );
  it.each<[code: keyof typeof SLS_ERRORS, sent: Sent]>([
    ["MissingContentType", { headers: { "content-type": undefined } }],
    ["InvalidContentType", { headers: { "content-type": "application/json" } }],
    ["MissingAPIVersion", { headers: { "x-log-apiversion": undefined } }],
    ["InvalidAPIVersion", { headers: { "x-log-apiversion": "0.7.0" } }],
    ["MissingBodyRawSize", { headers: { "x-log-bodyrawsize": undefined } }],
    ["InvalidBodyRawSize", { headers: { "x-log-bodyrawsize": "1" } }],
    ["InvalidCompressType", { headers: { "x-log-compresstype": "zip" } }],
    ["PostBodyUncompressError", { headers: { "x-log-compresstype": "deflate" } }],
    ["MissingDate", { headers: { date: undefined } }],
    ["InvalidDateFormat", { headers: { date: "2026-06-01T10:00:00Z" } }],
    ["RequestTimeTooSkewed", { headers: { date: "Mon, 01 Jun 2026 10:15:01 GMT" } }],
    ["RequestTimeTooSkewed", { version: 4, headers: { "x-log-date": "20260601T094459Z" } }],
    ["MissAccessKeyId", { headers: { authorization: "Bearer token" } }],
    ["MissingSignatureMethod", { headers: { "x-log-signaturemethod": undefined } }],
    ["InvalidSignatureMethod", { headers: { "x-log-signaturemethod": "hmac-sha256" } }],
    ["InvalidAccessKeyId", { key: { ...KEY, keyId: "another" } }],
    ["SignatureNotMatch", { key: { ...KEY, secret: "wrong" } }],
    ["SignatureNotMatch", { key: { ...KEY, secret: "wrong" }, version: 4 }],
    ["SignatureNotMatch", { headers: { "content-md5": "1DD45FA4A70A9300CC9FE7305AF2C494" } }],
    ["LogStoreNotExist", { path: "/logstores/nowhere/shards/lb" }],
    ["PostBodyInvalid", { body: Buffer.from("no protobuf") }],
    ["PostBodyInvalid", { body: field(3, "a topic alone") }],
    ["PostBodyInvalid", { body: withoutTime }],
    ["PostBodyInvalid", { body: withoutContents }],
    ["PostBodyInvalid", { body: notUtf8 }],
    ["PostBodyInvalid", { body: Buffer.concat([GROUP, longValue]) }],
    ["PostBodyTooLarge", { body: Buffer.concat([GROUP, field(2, "r".repeat(10 * 1024 * 1024))]) }],
  ])("refuses with %s", async (code, sent) => {
    await using sls = await start();
    const [status, errorMessage] = SLS_ERRORS[code];
    expect(await put(sls, sent)).toEqual({ status, body: { errorCode: code, errorMessage } });
    expect(sls.groups()).toEqual([]);
  });

  it("wants the token of STS, signed, where it has one", async () => {
    await using sls = await start({ securityToken: "sts-1" });
    expect(await put(sls)).toMatchObject({ body: { errorCode: "Unauthorized" } });
    expect(await put(sls, { headers: { "x-acs-security-token": "sts-1" } })).toMatchObject({ status: 200 });
  });

  it.each([
    "WriteQuotaExceed",
    "ShardWriteQuotaExceed",
    "ServerBusy",
    "InternalServerError",
    "RequestTimeExpired",
    "ProjectNotExist",
  ] as const)("refuses with %s when a test wants it", async (word) => {
    await using sls = await start();
    sls.fault({ word });
    expect(await put(sls)).toMatchObject({ status: SLS_ERRORS[word][0], body: { errorCode: word } });
    expect(await put(sls)).toMatchObject({ status: 200 });
  });
});
