import { createHash, createHmac } from "node:crypto";

/** A request as far as it is signed. Header names are in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/**
 * The `authorization` of version 1, HMAC-SHA1
 * (https://www.alibabacloud.com/help/en/sls/developer-reference/request-signatures): method, Content-MD5, Content-Type,
 * Date, headers that begin with `x-log-` or `x-acs-`, and the path with its query in order.
 */
export function signatureV1(request: SignedRequest, keyId: string, secret: string): string {
  const { method, path, headers } = request;
  const url = new URL(path, "http://sls.test");
  const query = [...url.searchParams]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  const text = [
    method,
    headers["content-md5"] ?? "",
    headers["content-type"] ?? "",
    headers["x-log-date"] ?? headers["date"] ?? "",
    ...ownHeaders(headers).map(([name, value]) => `${name}:${value}`),
    url.pathname + (query.length === 0 ? "" : `?${query.join("&")}`),
  ].join("\n");
  return `LOG ${keyId}:${createHmac("sha1", secret).update(text).digest("base64")}`;
}

/** The `authorization` of version 4, HMAC-SHA256, as aliyun-log-go-sdk (`signature_v4.go`) makes it. */
export function signatureV4(request: SignedRequest, keyId: string, secret: string, region: string): string {
  const { method, path, headers, bytes } = request;
  const url = new URL(path, "http://sls.test");
  const query = [...url.searchParams]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (value === "" ? key : `${key}=${percentEncode(value)}`));
  const signed = [
    ...ownHeaders(headers),
    ...["content-type", "host"].flatMap((name) => pairOf(headers, name)),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const date = headers["x-log-date"] ?? "";
  const scope = `${date.slice(0, 8)}/${region}/sls/aliyun_v4_request`;
  const canonical = [
    method,
    url.pathname,
    query.join("&"),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    signed.map(([name]) => name).join(";"),
    headers["x-log-content-sha256"] ?? sha256(bytes),
  ].join("\n");
  const toSign = ["SLS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce((key: string | Buffer, part) => hmac(key, part), `aliyun_v4${secret}`);
  return `SLS4-HMAC-SHA256 Credential=${keyId}/${scope},Signature=${hmac(key, toSign).toString("hex")}`;
}

function ownHeaders(headers: SignedRequest["headers"]): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .filter(([name]) => name.startsWith("x-log-") || name.startsWith("x-acs-"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function pairOf(headers: SignedRequest["headers"], name: string): readonly (readonly [string, string])[] {
  const value = headers[name];
  return value === undefined ? [] : [[name, value]];
}

function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
