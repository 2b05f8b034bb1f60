import type { SinkSpec } from "../../config/index.ts";
import { knownAddress } from "../known-address.ts";
import type { SecretReference, SecretsToFill } from "../secrets-to-fill.ts";
import { onlyVariable, variablesIn } from "../variables.ts";
import type { SayOfSink } from "./say-of-sink.ts";
import { listOf, type SinkArgument } from "./sink-argument.ts";

/** Collaborators of the translation of a sink. */
export interface SinkContext {
  readonly name: string;
  readonly secrets: SecretsToFill;
  readonly say: SayOfSink;
}

/** A sink as it is written, and whether it gets records. */
export interface TranslatedSink {
  readonly sink: SinkSpec;
  readonly isRecord: boolean;
}

type Translate = (argument: SinkArgument, context: SinkContext) => TranslatedSink;

/** Translates a sink; undefined for a kind without an equal. */
export function sinkOf(argument: SinkArgument, context: SinkContext): TranslatedSink | undefined {
  return Object.hasOwn(KINDS, argument.kind) ? KINDS[argument.kind]?.(argument, context) : undefined;
}

const KINDS: Readonly<Record<string, Translate>> = {
  dingtalk: ({ address, options }, context) => {
    const token = options.get("access_token") ?? "";
    const url = secretOf(`${address}?access_token=${token}`, "url", "the address of the robot", context);
    const sign = options.get("sign");
    const secret =
      sign === null ? {} : { secret: secretOf(sign, "secret", "the key of its signature", context) };
    return { sink: { name: context.name, type: "dingtalk", url, ...secret }, isRecord: false };
  },
  wechat: (_, { name, secrets, say }) => {
    say("secret-literal", {
      did: "corp_id and corp_secret of an app stood in the command line",
      written: "nothing of them",
      decide: "change the secret, for many have read it",
    });
    say("no-equal", {
      did: "an app of WeCom sent to people and departments",
      written: `a robot of a group: { file: secrets/${name}-url }`,
      decide: "make a robot in a group, and put its address into the file",
    });
    const url = secrets.file(name, "url", "the address of a robot of WeCom");
    return { sink: { name, type: "wecom", url }, isRecord: false };
  },
  webhook: (argument, context) => webhookOf(argument, context),
  elasticsearch: ({ address, options }, { name, secrets }) => {
    const user = options.get("esUserName");
    const auth = (username: string): object => ({
      auth: {
        basic: {
          username,
          password: secrets.file(name, "password", "the password", options.get("esUserSecret") ?? undefined),
        },
      },
    });
    const nodes = listOf(options, "nodes");
    const index = (options.get("index") ?? "heapster").toLowerCase();
    return {
      sink: {
        name,
        type: "elasticsearch",
        urls: nodes.length === 0 ? [address] : nodes,
        index: `${index}-{yyyy.MM.dd}`,
        ...(user === null ? {} : auth(user)),
      },
      isRecord: true,
    };
  },
  kafka: ({ options }, { name }) => {
    const topic = options.get("eventstopic") ?? "heapster-events";
    return { sink: { name, type: "kafka", brokers: listOf(options, "brokers"), topic }, isRecord: true };
  },
  sls: ({ address, options }, { name, secrets }) => {
    const key = (option: string, what: string): SecretReference =>
      secrets.file(name, option, what, options.get(option) ?? undefined);
    return {
      sink: {
        name,
        type: "sls",
        endpoint: address.replace(/^https?:\/\//u, ""),
        project: options.get("project") ?? "",
        logstore: options.get("logStore") ?? "",
        accessKeyId: key("accessKeyId", "the id of an access key"),
        accessKeySecret: key("accessKeySecret", "its secret"),
      },
      isRecord: true,
    };
  },
};

function webhookOf({ address, query, options }: SinkArgument, context: SinkContext): TranslatedSink {
  const { name, secrets, say } = context;
  const known = knownAddress(address, name);
  const headers = options.getAll("header").flatMap((header) => {
    const [key = "", value = "", ...more] = header.split("=");
    return more.length > 0 || key.toLowerCase() === "content-type" || value === ""
      ? []
      : [[key, value] as const];
  });
  if (known !== undefined && !known.isRecord) {
    // The key of the robot comes before the options of kube-eventer.
    const [own = ""] = query.split(
      /[?&](?=(?:level|kinds|namespaces|reason|method|header|custom_body_configmap)\b)/u,
    );
    const isOption = /^(?:level|kinds|namespaces|reason|method|header|custom_body_configmap)\b/u.test(own);
    const url = secretOf(
      isOption || own === "" ? address : `${address}?${own}`,
      "url",
      "the address of the webhook",
      context,
    );
    return { sink: { name, type: known.type, url }, isRecord: false };
  }
  const method = options.get("method") ?? "GET";
  if (method !== "POST")
    say("no-equal", {
      did: `it sent the body with ${method}`,
      written: "POST",
      decide: "look whether the receiver takes it",
    });
  const own = headers.map(([key, value]) => [
    key,
    secrets.file(name, `header-${key.toLowerCase()}`, `the header ${key}`, value),
  ]);
  return {
    sink: {
      name,
      type: "webhook",
      url: `${address}${query === "" ? "" : `?${query}`}`,
      ...(own.length === 0 ? {} : { headers: Object.fromEntries(own) as object }),
    },
    isRecord: true,
  };
}

/** A secret: a variable as before, or a file. */
function secretOf(
  text: string,
  key: string,
  what: string,
  { name, secrets, say }: SinkContext,
): SecretReference {
  const variable = onlyVariable(text);
  if (variable !== undefined) return { env: variable };
  if (variablesIn(text).length > 0) return secrets.file(name, key, `${what}: ${text}`);
  say("secret-literal", {
    did: "the secret stood in the command line",
    written: `{ file: secrets/${name}-${key} }; the value is not copied without --with-secrets`,
    decide: "fill the file in, and change a secret that many have read",
  });
  return secrets.file(name, key, what, text);
}
