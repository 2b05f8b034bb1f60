import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The certificate and key of two files. @throws {Error} when one cannot be read. */
export function readKeyPair(certFile: string, keyFile: string): KeyPair {
  return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
}

/** A certificate that signs itself, for a week, made by `openssl`: good for trying, and for tests. */
export function makeKeyPair(host: string): KeyPair {
  const directory = mkdtempSync(join(tmpdir(), "injector-"));
  try {
    const certFile = join(directory, "tls.crt");
    const keyFile = join(directory, "tls.key");
    const name = isIP(host) === 0 ? `DNS:${host}` : `IP:${host}`;
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "7", "-subj", "/CN=injector"];
    execFileSync(
      "openssl",
      [...request, "-addext", `subjectAltName=${name}`, "-out", certFile, "-keyout", keyFile],
      {
        stdio: "pipe",
      },
    );
    return readKeyPair(certFile, keyFile);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
