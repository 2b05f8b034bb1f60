import { readFileSync, statSync } from "node:fs";

import { z } from "zod";

import { TocsinError } from "./errors.ts";
import { FilePath } from "./file-path.ts";

/** The form of a secret option: `{ file: path }`, `{ env: NAME }`, or a literal (accepted with a warning). */
export const SecretRef = z.union(
  [z.string().min(1), z.strictObject({ file: FilePath }), z.strictObject({ env: z.string().min(1) })],
  { error: "expected a secret: { file: path } or { env: NAME }" },
);
export type SecretRef = z.infer<typeof SecretRef>;

/** The largest Secret of Kubernetes. */
const MOST_BYTES = 1024 * 1024;

/** A value that cannot be printed by accident. Only `reveal` gives the clear text. */
export class Secret {
  readonly #read: () => string;
  /** Its origin, safe to print: `file secrets/slack-url`, `env SLACK_URL`, `literal`. */
  readonly origin: string;

  private constructor(origin: string, read: () => string) {
    this.origin = origin;
    this.#read = read;
  }

  static literal(value: string): Secret {
    return new Secret("literal", () => value);
  }

  /**
   * A secret from a variable. @throws {TocsinError} ERR_SECRET_UNRESOLVED from `reveal` when it is missing or empty.
   */
  static fromEnv(name: string, env: NodeJS.ProcessEnv): Secret {
    return new Secret(`env ${name}`, () => {
      const value = env[name];
      if (value === undefined || value === "") throw unresolved(`environment variable ${name} is not set`);
      return value;
    });
  }

  /**
   * A secret from a file, which is read again whenever it changed, so that a rotated Kubernetes Secret needs no restart
   * (the kubelet swaps a symlink: inode and mtime of the resolved path differ). Blanks and line ends around the content
   * are removed.
   *
   * @throws {TocsinError} ERR_SECRET_UNRESOLVED from `reveal` when the file is missing or empty.
   */
  static fromFile(path: string): Secret {
    let stamp = "";
    let value = "";
    return new Secret(`file ${path}`, () => {
      try {
        const status = statSync(path);
        // A device may never end, and a pipe may never begin.
        if (!status.isFile() || status.size > MOST_BYTES)
          throw new TypeError("no regular file of at most 1 MiB");
        const { ino, mtimeMs, size } = status;
        const current = `${ino}:${mtimeMs}:${size}`;
        if (current !== stamp) {
          value = readFileSync(path, "utf8").trim();
          stamp = current;
        }
      } catch (cause) {
        throw unresolved(`file ${path} cannot be read`, cause);
      }
      if (value === "") throw unresolved(`file ${path} is empty`);
      return value;
    });
  }

  /** The clear text. Call `reveal` only where the value goes onto the wire. */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Secret(${this.origin})`;
  }
}

function unresolved(what: string, cause?: unknown): TocsinError {
  return new TocsinError("ERR_SECRET_UNRESOLVED", `secret ${what}`, cause === undefined ? {} : { cause });
}
