import { describe, expect, it } from "vitest";

import { signRequest } from "../../../src/sink/aws/sign-request.ts";

/** The key of AWS's test suite for signatures, aws-sig-v4-test-suite. */
const KEY = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const SCOPE = { service: "service", region: "us-east-1", now: Date.parse("2015-08-30T12:36:00Z") };
const URL = "https://example.amazonaws.com/";

function authorizationWith(headers: string, signature: string): string {
  const credential = "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
  return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${headers}, Signature=${signature}`;
}

describe("a signature", () => {
  it("is that of AWS's test vector post-vanilla", async () => {
    const request = { url: URL, headers: {}, body: new Uint8Array() };
    expect(await signRequest(request, KEY, { ...SCOPE, cache: new Map() })).toEqual({
      "x-amz-date": "20150830T123600Z",
      authorization: authorizationWith(
        "host;x-amz-date",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
      ),
    });
  });

  it("is that of AWS's test vector post-x-www-form-urlencoded, whose body is a part of a buffer", async () => {
    const body = Buffer.from("--Param1=value1--").subarray(2, -2);
    const request = { url: URL, headers: { "content-type": "application/x-www-form-urlencoded" }, body };
    expect((await signRequest(request, KEY, { ...SCOPE, cache: new Map() }))["authorization"]).toBe(
      authorizationWith(
        "content-type;host;x-amz-date",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
      ),
    );
  });

  it("covers the session token, as in AWS's test vector post-sts-header-before", async () => {
    const sessionToken =
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    const request = { url: URL, headers: {}, body: new Uint8Array() };
    const signed = await signRequest(request, { ...KEY, sessionToken }, { ...SCOPE, cache: new Map() });
    expect(signed["x-amz-security-token"]).toBe(sessionToken);
    expect(signed["authorization"]).toBe(
      authorizationWith(
        "host;x-amz-date;x-amz-security-token",
        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
      ),
    );
  });
});
