import { isMapping } from "../../../lib/mapping.ts";
import type { SecretReference } from "../../secrets-to-fill.ts";
import { variablesIn } from "../../variables.ts";
import { textOf } from "../read-exporter.ts";
import type { ReceiverContext } from "./receiver-context.ts";
import { secretOption } from "./secret-option.ts";

type Options = Readonly<Record<string, unknown>>;

/** An address without its user and password, and these as `auth`. */
export interface AddressParts {
  readonly url: string;
  readonly auth:
    | { readonly basic: { readonly username: string; readonly password: SecretReference } }
    | undefined;
}

/** Takes user and password out of an address. */
export function withoutCredentials(address: string, key: string, context: ReceiverContext): AddressParts {
  const [, scheme = "", user = "", password = "", rest = ""] =
    /^(https?:\/\/)([^:@/]+):([^@/]*)@(.*)$/u.exec(address) ?? [];
  if (scheme === "") return { url: address, auth: undefined };
  context.say("credentials-in-url", [key], {
    did: "user and password stood in the address",
    written: "auth.basic, with the password in a file",
    decide: "fill the file in",
  });
  const secret = context.secrets.file(context.name, "password", "the password of the address", password);
  return { url: scheme + rest, auth: { basic: { username: decodeURIComponent(user), password: secret } } };
}

/** Headers that stay; `authorization: Bearer …` becomes `auth`. The type of the body is the sink's own. */
export function headersOf(
  options: Options,
  context: ReceiverContext,
): { readonly headers?: Readonly<Record<string, unknown>>; readonly auth?: unknown } {
  const { headers } = options;
  if (!isMapping(headers)) return {};
  const kept: Record<string, unknown> = {};
  let auth: unknown;
  for (const [name, value] of Object.entries(headers)) {
    const text = textOf(value);
    const lower = name.toLowerCase();
    const path = ["headers", name];
    const [, bearer] = /^Bearer\s+(.+)$/u.exec(text) ?? [];
    if (lower === "content-type" || lower === "content-length" || lower === "host") continue;
    if (lower === "authorization" && bearer !== undefined)
      auth = { bearer: secretOption(bearer, { key: "bearer", what: "the bearer token", path, context }) };
    else if (/authorization|token|key|secret|password/u.test(lower) || variablesIn(text).length > 0)
      kept[name] = secretOption(text, { key: `header-${lower}`, what: `the header ${name}`, path, context });
    else if (text.includes("{{"))
      context.say("template", path, {
        did: `the header ${name} was ${text}, rendered for each Event`,
        written: "nothing: a header is the same for all Events here",
        decide: "put the value into the body",
      });
    else kept[name] = text;
  }
  return {
    ...(Object.keys(kept).length === 0 ? {} : { headers: kept }),
    ...(auth === undefined ? {} : { auth }),
  };
}

/** The files of TLS; certificates that were not checked are checked. */
export function tlsOf(
  options: Options,
  context: ReceiverContext,
): { readonly tls?: Readonly<Record<string, string>> } {
  const { tls } = options;
  if (!isMapping(tls)) return {};
  if (tls["insecureSkipVerify"] === true)
    context.say("tls-insecure", ["tls", "insecureSkipVerify"], {
      did: "it took any certificate, so that anybody in between could read along",
      written: "nothing: certificates are checked",
      decide: "name the authority of the receiver by tls: { caFile: … }",
    });
  const files = (["caFile", "certFile", "keyFile", "serverName"] as const).flatMap((key) => {
    const text = textOf(tls[key]);
    return text === "" ? [] : [[key, text] as const];
  });
  return files.length === 0 ? {} : { tls: Object.fromEntries(files) };
}
