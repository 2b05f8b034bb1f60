import { describe, expect, it } from "vitest";

import { tlsProblem } from "../../src/egress/tls-problem.ts";

describe("tlsProblem", () => {
  it.each([
    ["ERR_TLS_CERT_ALTNAME_INVALID", "the certificate is for another name"],
    ["CERT_HAS_EXPIRED", "the certificate has expired"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "the certificate is not trusted"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "the certificate is not trusted"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "the other side speaks only TLS older than 1.2"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "the other side speaks only TLS older than 1.2"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "the other side does not speak TLS on this port"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "the other side wants another client certificate"],
    ["ERR_SSL_DECRYPTION_FAILED", undefined],
  ])("says what %s means", (code, words) => {
    expect(tlsProblem(code)).toBe(words);
  });
});
