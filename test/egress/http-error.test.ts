import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/delivery-error.ts";
import { classifyStatus, toDeliveryError } from "../../src/egress/http-error.ts";
import { TocsinError } from "../../src/lib/errors.ts";

const NOW = Date.parse("2026-06-01T10:00:00Z");
const RUNNING = new AbortController().signal;

describe("classifyStatus", () => {
  it.each([200, 201, 202, 204, 299])("takes %i as delivered", (status) => {
    expect(classifyStatus(status, {}, NOW)).toBeUndefined();
  });

  it.each([
    { status: 302, failure: "redirected", kind: "broken" },
    { status: 400, failure: "rejected", kind: "poison" },
    { status: 401, failure: "unauthorized", kind: "broken" },
    { status: 404, failure: "not-found", kind: "broken" },
    { status: 408, failure: "timeout", kind: "transient" },
    { status: 410, failure: "gone", kind: "broken" },
    { status: 413, failure: "too-large", kind: "poison" },
    { status: 429, failure: "rate-limited", kind: "transient" },
    { status: 500, failure: "server", kind: "transient" },
    { status: 501, failure: "server", kind: "broken" },
    { status: 599, failure: "server", kind: "transient" },
  ])("takes $status as $failure", ({ status, failure, kind }) => {
    const error = classifyStatus(status, {}, NOW);
    expect(error).toMatchObject({ failure, class: kind, message: `the receiver answered ${status}` });
  });

  it("hands on Retry-After only where waiting helps", () => {
    expect(classifyStatus(503, { "retry-after": "7" }, NOW)?.retryAfterMs).toBe(7000);
    expect(classifyStatus(400, { "retry-after": "7" }, NOW)?.retryAfterMs).toBeUndefined();
  });
});

describe("toDeliveryError", () => {
  it.each([
    { code: "ECONNREFUSED", failure: "network", kind: "transient" },
    { code: "ENOTFOUND", failure: "network", kind: "transient" },
    { code: "UND_ERR_SOCKET", failure: "network", kind: "transient" },
    { code: "HPE_INVALID_CONSTANT", failure: "network", kind: "transient" },
    { code: "UND_ERR_CONNECT_TIMEOUT", failure: "timeout", kind: "transient" },
    { code: "CERT_HAS_EXPIRED", failure: "tls", kind: "broken" },
    { code: "DEPTH_ZERO_SELF_SIGNED_CERT", failure: "tls", kind: "broken" },
    { code: "ERR_TLS_CERT_ALTNAME_INVALID", failure: "tls", kind: "broken" },
    { code: "ERR_SSL_WRONG_VERSION_NUMBER", failure: "tls", kind: "broken" },
    { code: "UND_ERR_INVALID_ARG", failure: "misconfigured", kind: "broken" },
    { code: "UND_ERR_DESTROYED", failure: "cancelled", kind: "transient" },
  ])("takes $code as $failure", ({ code, failure, kind }) => {
    const error = toDeliveryError(Object.assign(new Error("x"), { code }), RUNNING);
    expect(error).toMatchObject({ failure, class: kind });
    expect(error.message).toContain(code);
  });

  it("keeps nothing of a foreign message, which may hold a URL", () => {
    const foreign = new TypeError("Failed to parse URL from https://secret.example", {
      cause: new Error("https://secret.example"),
    });
    const error = toDeliveryError(foreign, RUNNING);
    expect(error).toMatchObject({ failure: "unknown", class: "transient" });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("secret.example");
  });

  it("finds the code behind a library's wrapper", () => {
    const inner = Object.assign(new Error("x"), { code: "ECONNRESET" });
    const error = toDeliveryError(new TypeError("fetch failed", { cause: inner }), RUNNING);
    expect(error.failure).toBe("network");
  });

  it("hands on its own kind as it is", () => {
    const error = DeliveryError.broken("gone", "x");
    expect(toDeliveryError(error, RUNNING)).toBe(error);
  });

  it("takes an unresolved secret as misconfigured, with our own words", () => {
    const error = toDeliveryError(
      new TocsinError("ERR_SECRET_UNRESOLVED", "secret env X is not set"),
      RUNNING,
    );
    expect(error).toMatchObject({
      failure: "misconfigured",
      class: "broken",
      message: "secret env X is not set",
    });
  });

  it.each([
    { reason: new DOMException("late", "TimeoutError"), failure: "timeout" },
    { reason: new Error("deadline"), failure: "timeout" },
    { reason: undefined, failure: "cancelled" },
  ])("takes an abort with reason $reason as $failure", ({ reason, failure }) => {
    const controller = new AbortController();
    controller.abort(reason);
    expect(toDeliveryError(new Error("aborted"), controller.signal)).toMatchObject({
      failure,
      class: "transient",
    });
  });
});
