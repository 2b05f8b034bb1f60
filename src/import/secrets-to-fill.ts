import type { ImportedSecret } from "./tool.ts";

/** A reference to a secret, as the new configuration has it. */
export type SecretReference = { readonly file: string } | { readonly env: string };

/** Collects the secrets of a new configuration: values go to files of their own, or stay where they are. */
export class SecretsToFill {
  readonly #secrets = new Map<string, ImportedSecret>();

  /**
   * A reference to a file for one option of one sink.
   *
   * @param value The value of the old configuration, if it had one.
   */
  file(sink: string, key: string, what: string, value?: string): SecretReference {
    const path = `secrets/${sink}-${key}`;
    this.#secrets.set(path, { path, what, value });
    return { file: path };
  }

  all(): readonly ImportedSecret[] {
    return [...this.#secrets.values()];
  }
}
