import { getCACertificates, setDefaultCACertificates } from "node:tls";

/**
 * Lets connections without an authority of their own trust the store of the system beside Node's own list and
 * NODE_EXTRA_CA_CERTS: SSL_CERT_FILE and SSL_CERT_DIR, else the bundle of the distribution. Node reads the store once,
 * and keeps the result for the whole process; further calls change nothing.
 */
export function trustSystemStore(): void {
  const trusted = getCACertificates("default");
  const known = new Set(trusted);
  const others = getCACertificates("system").filter((certificate) => !known.has(certificate));
  if (others.length > 0) setDefaultCACertificates([...trusted, ...others]);
}
