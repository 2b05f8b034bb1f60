/** Meanings of the names that Node and OpenSSL have for failed TLS; the first that fits counts. */
const PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME|HOSTNAME_MISMATCH/u, "the certificate is for another name"],
  [/CERT_HAS_EXPIRED/u, "the certificate has expired"],
  [
    /CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|ALERT_UNKNOWN_CA/u,
    "the other side wants another client certificate",
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/u, "the other side speaks only TLS older than 1.2"],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/u, "the other side does not speak TLS on this port"],
  [/^CERT_|^CRL_|SELF_SIGNED|UNABLE_TO_|INVALID_CA/u, "the certificate is not trusted"],
];

/** In words, the reason of a failure of TLS; undefined when its code says no more than that TLS failed. */
export function tlsProblem(code: string): string | undefined {
  return PROBLEMS.find(([pattern]) => pattern.test(code))?.[1];
}
