import type { Path } from "../../place.ts";
import type { SecretReference } from "../../secrets-to-fill.ts";
import { onlyVariable, variablesIn } from "../../variables.ts";
import type { ReceiverContext } from "./receiver-context.ts";

/** One option of a receiver that is a secret. */
interface SecretUse {
  /** The key of the new option, for the name of its file. */
  readonly key: string;
  /** Its content in words. */
  readonly what: string;
  /** From the options of the receiver. */
  readonly path: Path;
  readonly context: ReceiverContext;
}

/** A reference to a secret: its variable as before, or a file; a literal value stays behind. */
export function secretOption(text: string, { key, what, path, context }: SecretUse): SecretReference {
  const { name, secrets, say } = context;
  const variable = onlyVariable(text);
  if (variable !== undefined) {
    envLine(text, path, `{ env: ${variable} }, as before`, context);
    return { env: variable };
  }
  if (variablesIn(text).length > 0) {
    envLine(text, path, `a file for all of it: ${text}`, context);
    return secrets.file(name, key, `${what}: ${text}`);
  }
  if (text !== "")
    say("secret-literal", path, {
      did: "the secret stood in the file",
      written: `{ file: secrets/${name}-${key} }; the value is not copied without --with-secrets`,
      decide: "fill the file in, and change a secret that many have read",
      shown: `${name}.${String(path.at(-1))}`,
    });
  return secrets.file(name, key, what, text === "" ? undefined : text);
}

/** A text that is no secret, but may have variables, which the new configuration does not fill in. */
export function plainOption(text: string, path: Path, context: ReceiverContext): string {
  if (variablesIn(text).length > 0)
    envLine(text, path, "the text as it stands, which is wrong until you write the value", context);
  return text;
}

function envLine(text: string, path: Path, written: string, { say }: ReceiverContext): void {
  const names = variablesIn(text).map((name) => `$${name}`);
  say("env", path, {
    did: `${String(path.at(-1))} came from ${names.join(" and ")}`,
    written: `${String(path.at(-1))}: ${written}`,
    decide: written.endsWith("as before") ? "" : `write the value of ${names.join(" and ")}`,
  });
}
