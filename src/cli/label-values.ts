import { TocsinError } from "../lib/errors.ts";

/**
 * Parses `KEY=VALUE` of a command line, as Kubernetes writes labels: `app.kubernetes.io/name=web`.
 *
 * @param flag As the user wrote it: `--label`.
 * @throws {TocsinError} ERR_USAGE for anything else.
 */
export function parseLabelValues(flag: string, texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text): [string, string] => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      const message = `${flag}: expected KEY=VALUE such as team=shop, not ${JSON.stringify(text)}`;
      throw new TocsinError("ERR_USAGE", message);
    }),
  );
}
