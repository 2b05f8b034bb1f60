import { createHmac } from "node:crypto";

/** A key pair of Alibaba Cloud, in the clear. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * The header `authorization` of a request, by the signature that every region takes (version 1, HMAC-SHA1:
 * https://www.alibabacloud.com/help/en/sls/developer-reference/request-signatures).
 *
 * @param headers Names in lower case. @param resource Path and query.
 */
export function authorizationOf(
  { id, secret }: AccessKey,
  {
    method,
    headers,
    resource,
  }: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly resource: string;
  },
): string {
  const own = Object.keys(headers)
    .filter((name) => /^x-(?:log|acs)-/u.test(name))
    .toSorted()
    .map((name) => `${name}:${headers[name]}`);
  const { "content-md5": md5 = "", "content-type": type = "", date = "" } = headers;
  const text = [method, md5, type, date, ...own, resource].join("\n");
  return `LOG ${id}:${createHmac("sha1", secret).update(text).digest("base64")}`;
}
