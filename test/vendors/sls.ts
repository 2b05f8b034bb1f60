import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";

import { type Clock, systemClock } from "../../src/lib/clock.ts";
import type { Answer } from "../support/fake-receiver.ts";
import { readLogGroup, type SlsLogGroup } from "./sls/log-group.ts";
import { signatureV1, signatureV4 } from "./sls/signature.ts";
import { startVendorServer, type VendorRequest, type VendorServer, withFaces } from "./vendor-server.ts";

/** The figures of https://www.alibabacloud.com/help/en/sls/developer-reference/api-putlogs and /error-codes. */
export const SLS_LIMITS = {
  /** Of the raw body, in bytes. */
  body: 10 * 1024 * 1024,
  /** Of the value of one key, in bytes. */
  value: 1024 * 1024,
  /** Between the clocks of sender and service. */
  skewMs: 15 * 60_000,
} as const;

/** How a project is set up. */
export interface FakeSlsOptions {
  /** The access key that is right. */
  readonly keyId?: string;
  readonly secret?: string;
  /** A token of STS that requests must bear. */
  readonly securityToken?: string;
  /** Part of version 4 of the signature. */
  readonly region?: string;
  /** By default `events`. */
  readonly logstores?: readonly string[];
  /** Judges the time of requests; the machine's by default. */
  readonly clock?: Clock;
}

/** A fake project of Alibaba Cloud's Simple Log Service: `PutLogs`, signed by version 1 or 4. */
export interface FakeSls extends VendorServer {
  /** The groups that it keeps, in the order in which they came. */
  groups(logstore?: string): readonly SlsLogGroup[];
}

/**
 * Error codes with their status and message (https://www.alibabacloud.com/help/en/sls/developer-reference/error-codes,
 * and PutLogs for those of the body, the logstore and shards).
 */
export const SLS_ERRORS = {
  MissingContentType: [400, "Content-Type does not exist in http header when body is not empty."],
  InvalidContentType: [415, "Content-Type is unsupported."],
  MissingBodyRawSize: [400, "x-log-bodyrawsize does not exist in header when it is necessary."],
  InvalidBodyRawSize: [400, "x-log-bodyrawsize is invalid."],
  InvalidCompressType: [400, "x-log-compresstype is unsupported."],
  MissingDate: [400, "Date does not exist in http header."],
  InvalidDateFormat: [400, "Date must follow RFC822."],
  MissingAPIVersion: [400, "x-log-apiversion does not exist in http header."],
  InvalidAPIVersion: [400, "x-log-apiversion is unsupported."],
  MissAccessKeyId: [400, "x-log-accesskeyid does not exist in header."],
  MissingSignatureMethod: [400, "x-log-signaturemethod does not exist in http header."],
  InvalidSignatureMethod: [400, "signature method is unsupported."],
  RequestTimeTooSkewed: [400, "Request time exceeds server time more than 15 minutes."],
  RequestTimeExpired: [400, "Request time has been expired while server time is another."],
  PostBodyInvalid: [400, "Post body is not valid protobuf."],
  PostBodyTooLarge: [400, "Body size must little than 10485760."],
  PostBodyUncompressError: [400, "Failed to decompress body."],
  SignatureNotMatch: [401, "Signature is not matched."],
  Unauthorized: [401, "The AccessKeyId is unauthorized."],
  InvalidAccessKeyId: [401, "The access key id you provided is invalid."],
  WriteQuotaExceed: [403, "Write quota is exceeded."],
  ShardWriteQuotaExceed: [403, "shard write quota is exceeded."],
  ProjectNotExist: [404, "Project does not exist."],
  LogStoreNotExist: [404, "logstore does not exist."],
  InternalServerError: [500, "Internal server error message."],
  ServerBusy: [503, "The server is busy, please try again later."],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

type SlsCode = keyof typeof SLS_ERRORS;

class SlsRefusal extends Error {
  readonly code: SlsCode;

  constructor(code: SlsCode) {
    super(code);
    this.code = code;
  }
}

/** A running project. A `word` of a fault is an error code. */
export async function startFakeSls(options: FakeSlsOptions = {}): Promise<FakeSls> {
  const { logstores = ["events"], clock = systemClock } = options;
  const kept: { readonly logstore: string; readonly group: SlsLogGroup }[] = [];
  const server = await startVendorServer({
    answer: (request) => {
      try {
        kept.push(take(request, { ...options, logstores, clock }));
        return { status: 200, headers: { "x-log-requestid": crypto.randomUUID() } };
      } catch (error) {
        if (!(error instanceof SlsRefusal)) throw error;
        return say(error.code);
      }
    },
    refuse: (word) => {
      if (!(word in SLS_ERRORS)) throw new Error(`SLS has no error ${word}`);
      // The line above has seen that it is one.
      return say(word as SlsCode);
    },
  });
  return withFaces<Omit<FakeSls, keyof VendorServer>>(server, {
    groups: (logstore) =>
      kept.filter((each) => logstore === undefined || each.logstore === logstore).map(({ group }) => group),
  });
}

function say(code: SlsCode): Answer {
  const [status, errorMessage] = SLS_ERRORS[code];
  return {
    status,
    headers: { "content-type": "application/json", "x-log-requestid": crypto.randomUUID() },
    body: JSON.stringify({ errorCode: code, errorMessage }),
  };
}

type Checked = FakeSlsOptions & { readonly logstores: readonly string[]; readonly clock: Clock };

/** Checks a request and reads its logs: all of them or, with a `SlsRefusal`, none. */
function take(request: VendorRequest, options: Checked): { logstore: string; group: SlsLogGroup } {
  const { pathname } = new URL(request.path, "http://sls.test");
  checkHeaders(request.headers);
  checkTime(request.headers, options.clock.now());
  checkSignature(request, options);
  // "POST /logstores/<logstore>/shards/lb" or, shorter, "POST /logstores/<logstore>".
  const logstore = /^\/logstores\/(?<name>[^/]+)(?:\/shards\/(?:lb|route))?$/u.exec(pathname)?.groups?.[
    "name"
  ];
  if (request.method !== "POST" || logstore === undefined || !options.logstores.includes(logstore))
    throw new SlsRefusal("LogStoreNotExist");
  return { logstore, group: readBody(request) };
}

function checkHeaders(headers: VendorRequest["headers"]): void {
  const type = headers["content-type"];
  if (type === undefined) throw new SlsRefusal("MissingContentType");
  if (type !== "application/x-protobuf") throw new SlsRefusal("InvalidContentType");
  if (headers["x-log-apiversion"] === undefined) throw new SlsRefusal("MissingAPIVersion");
  if (headers["x-log-apiversion"] !== "0.6.0") throw new SlsRefusal("InvalidAPIVersion");
  if (headers["x-log-bodyrawsize"] === undefined) throw new SlsRefusal("MissingBodyRawSize");
}

/** Version 4 has its time in `x-log-date`, `20260601T100000Z`; version 1 in `Date`, as RFC 822 has it. */
function checkTime(headers: VendorRequest["headers"], now: number): void {
  const given = headers["x-log-date"] ?? headers["date"];
  if (given === undefined) throw new SlsRefusal("MissingDate");
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(given);
  const time = basic === null ? Date.parse(given) : Date.parse(given.replace(basic[0], isoOf(basic)));
  if (Number.isNaN(time) || (basic === null && !given.endsWith(" GMT")))
    throw new SlsRefusal("InvalidDateFormat");
  if (Math.abs(time - now) > SLS_LIMITS.skewMs) throw new SlsRefusal("RequestTimeTooSkewed");
}

function isoOf([, year, month, day, hour, minute, second]: RegExpExecArray): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

function checkSignature(request: VendorRequest, options: Checked): void {
  const { keyId, secret, securityToken, region = "cn-hangzhou" } = options;
  const { headers } = request;
  const given = headers["authorization"] ?? "";
  const version1 = /^LOG (?<id>[^:]+):\S+$/u.exec(given);
  const version4 =
    /^SLS4-HMAC-SHA256 Credential=(?<id>[^/]+)\/[^,]+,(?:SignedHeaders=[^,]+,)?Signature=[0-9a-f]+$/u.exec(
      given,
    );
  const id = (version1 ?? version4)?.groups?.["id"];
  if (id === undefined) throw new SlsRefusal("MissAccessKeyId");
  if (version1 !== null) {
    if (headers["x-log-signaturemethod"] === undefined) throw new SlsRefusal("MissingSignatureMethod");
    if (headers["x-log-signaturemethod"] !== "hmac-sha1") throw new SlsRefusal("InvalidSignatureMethod");
  }
  if (keyId !== undefined && id !== keyId) throw new SlsRefusal("InvalidAccessKeyId");
  if (securityToken !== undefined && headers["x-acs-security-token"] !== securityToken)
    throw new SlsRefusal("Unauthorized");
  if (secret === undefined) return;
  const right =
    version1 === null ? signatureV4(request, id, secret, region) : signatureV1(request, id, secret);
  // The list of signed headers is for people.
  if (given.replace(/SignedHeaders=[^,]+,/u, "") !== right) throw new SlsRefusal("SignatureNotMatch");
}

/** The format of a request is checked as a whole: none of its logs is kept when one is wrong. */
function readBody({ headers, bytes }: VendorRequest): SlsLogGroup {
  const md5 = headers["content-md5"];
  // "Content-MD5 … 16-byte, capitalised hexadecimal"; a wrong one makes a signature that does not match.
  if (md5 !== undefined && md5 !== createHash("md5").update(bytes).digest("hex").toUpperCase())
    throw new SlsRefusal("SignatureNotMatch");
  const raw = decompress(bytes, headers["x-log-compresstype"]);
  const size = headers["x-log-bodyrawsize"] ?? "";
  if (!/^\d+$/u.test(size) || Number(size) !== raw.length) throw new SlsRefusal("InvalidBodyRawSize");
  if (raw.length > SLS_LIMITS.body) throw new SlsRefusal("PostBodyTooLarge");
  let group: SlsLogGroup;
  try {
    group = readLogGroup(raw);
  } catch {
    throw new SlsRefusal("PostBodyInvalid");
  }
  const values = group.logs.flatMap(({ contents }) => contents.map(([, value]) => Buffer.byteLength(value)));
  if (group.logs.length === 0 || values.some((length) => length > SLS_LIMITS.value))
    throw new SlsRefusal("PostBodyInvalid");
  return group;
}

/** `lz4` is a type of SLS too, which Node cannot read: the fake refuses it. */
function decompress(bytes: Buffer, type: string | undefined): Buffer {
  if (type === undefined) return bytes;
  if (type !== "deflate") throw new SlsRefusal("InvalidCompressType");
  try {
    return inflateSync(bytes);
  } catch {
    throw new SlsRefusal("PostBodyUncompressError");
  }
}
