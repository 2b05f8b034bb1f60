import { AwsV4Signer } from "aws4fetch";

import { DeliveryError } from "../../egress/index.ts";
import type { AwsKey } from "./identity.ts";

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly url: string;
  /** Names in lower case. They are part of the signature, so nothing may change them afterwards. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The service, the place and the time that a signature is for. */
export interface SigningScope {
  /** As signatures name it: `sqs`. */
  readonly service: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Keeps the derived keys of a day, which cost four hashes. */
  readonly cache: Map<string, ArrayBuffer>;
}

/**
 * The headers of a POST with its signature, version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). `host` is signed, and sent by the client.
 */
export async function signRequest(
  { url, headers, body }: UnsignedRequest,
  key: AwsKey,
  { service, region, now, cache }: SigningScope,
): Promise<Readonly<Record<string, string>>> {
  if (!/^https?:$/u.test(URL.parse(url)?.protocol ?? ""))
    throw DeliveryError.broken("misconfigured", "the URL is not an http(s) URL");
  const { sessionToken, ...pair } = key;
  const signer = new AwsV4Signer({
    ...pair,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    method: "POST",
    url,
    headers,
    // Its own bytes: a view of a larger buffer would be hashed whole.
    body: new Uint8Array(body),
    service,
    region,
    datetime: new Date(now).toISOString().replaceAll(/[:-]|\.\d{3}/gu, ""),
    allHeaders: true,
    cache,
  });
  const { headers: signed } = await signer.sign();
  return Object.fromEntries(signed);
}
