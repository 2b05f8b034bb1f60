import type { SinkSpec } from "../../config/index.ts";
import { isMapping } from "../../lib/mapping.ts";
import { knownAddress } from "../known-address.ts";
import type { SecretsToFill } from "../secrets-to-fill.ts";

type Options = Readonly<Record<string, unknown>>;

/** The handler that kubewatch uses. */
export interface Handler {
  readonly name: string;
  readonly options: Options;
}

/** In the order in which kubewatch looks for one that is set, with the keys of each (config/config.go). */
export const HANDLER_KEYS: Readonly<Record<string, readonly string[]>> = {
  slack: ["token", "channel", "title"],
  slackwebhook: ["channel", "username", "emoji", "slackwebhookurl"],
  hipchat: ["token", "room", "url"],
  mattermost: ["room", "url", "username"],
  flock: ["url"],
  webhook: ["url", "cert", "tlsskip"],
  cloudevent: ["url"],
  msteams: ["webhookurl"],
  smtp: ["to", "from", "hello", "smarthost", "subject", "auth", "headers", "requiretls"],
  lark: ["webhookurl"],
};

/** The one handler that counts: the first one that has a value; undefined for none. */
export function handlerOf(handlers: unknown): Handler | undefined {
  if (!isMapping(handlers)) return undefined;
  for (const [name, keys] of Object.entries(HANDLER_KEYS)) {
    const options = handlers[name];
    if (isMapping(options) && keys.some((key) => textOf(options[key]) !== "")) return { name, options };
  }
  return undefined;
}

/** The handler as a sink, and whether it gets records; undefined without an equal. */
export function sinkOfHandler(
  { name, options }: Handler,
  secrets: SecretsToFill,
): { readonly sink: SinkSpec; readonly isRecord: boolean } | undefined {
  const secret = (key: string, what: string, of: string): object =>
    secrets.file(name, key, what, textOf(options[of]));
  switch (name) {
    case "slack": {
      const channel = textOf(options["channel"]).replace(/^#/u, "");
      const token = secret("token", "the bot token of the app (xoxb-…)", "token");
      return {
        sink: { name, type: "slack", token, channel: `#${channel === "" ? "a-channel" : channel}` },
        isRecord: false,
      };
    }
    case "slackwebhook":
      return {
        sink: { name, type: "slack", url: secret("url", "the address", "slackwebhookurl") },
        isRecord: false,
      };
    case "mattermost":
      return {
        sink: { name, type: "mattermost", url: secret("url", "the address", "url") },
        isRecord: false,
      };
    case "msteams":
      return {
        sink: { name, type: "teams", url: secret("url", "the address of a workflow", "webhookurl") },
        isRecord: false,
      };
    case "lark":
      return {
        sink: { name, type: "feishu", url: secret("url", "the address of the bot", "webhookurl") },
        isRecord: false,
      };
    case "webhook":
    case "cloudevent":
      return webhookOf({ name, options }, secrets);
    default:
      return undefined;
  }
}

function webhookOf(
  { name, options }: Handler,
  secrets: SecretsToFill,
): { readonly sink: SinkSpec; readonly isRecord: boolean } {
  const url = textOf(options["url"]);
  const known = knownAddress(url, "");
  if (known !== undefined && !known.isRecord) {
    const file = secrets.file(name, "url", "the address of the webhook", url);
    return { sink: { name, type: known.type, url: file }, isRecord: false };
  }
  const format = name === "cloudevent" ? { format: "cloudevents" } : {};
  return { sink: { name, type: "webhook", url, ...format }, isRecord: true };
}

/** A text, or nothing. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
