import { describe, expect, it } from "vitest";

import { isForwarding } from "../../../src/api/access/forwarding.ts";

describe("a header", () => {
  it.each([
    ["a proxy", "x-forwarded-for"],
    ["a proxy", "x-forwarded-proto"],
    ["a proxy", "forwarded"],
    ["a proxy", "via"],
    ["a proxy", "x-real-ip"],
    ["a proxy", "x-client-ip"],
    ["Istio", "x-forwarded-client-cert"],
    ["Envoy", "x-envoy-attempt-count"],
    ["Envoy", "x-envoy-external-address"],
    ["Envoy", "x-request-id"],
    ["Linkerd", "l5d-client-id"],
    ["Linkerd", "l5d-dst-canonical"],
    ["Cloudflare", "cf-connecting-ip"],
    ["Akamai", "true-client-ip"],
    ["Fastly", "fastly-client-ip"],
    ["CloudFront", "x-amz-cf-id"],
    ["Amazon's balancer", "x-amzn-trace-id"],
    ["Azure", "x-azure-clientip"],
  ])("of %s is of forwarding: %s", (_, header) => {
    expect(isForwarding(header)).toBe(true);
  });

  it.each(["host", "authorization", "user-agent", "accept", "origin", "content-type", "x-requested-with"])(
    "of a caller is not: %s",
    (header) => {
      expect(isForwarding(header)).toBe(false);
    },
  );
});
