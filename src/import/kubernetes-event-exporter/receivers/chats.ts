import { isMapping } from "../../../lib/mapping.ts";
import { knownAddress } from "../../known-address.ts";
import { textOf } from "../read-exporter.ts";
import { headersOf, tlsOf, withoutCredentials } from "./http-options.ts";
import { layoutOf } from "./layout-of.ts";
import type { ReceiverContext, SinkParts, TranslateReceiver } from "./receiver-context.ts";
import { ruleText, wordsOfTree } from "./rule-words.ts";
import { plainOption, secretOption } from "./secret-option.ts";

/** `slack`, with a bot token. */
export const translateSlack: TranslateReceiver = ({ options }, context) => {
  const { name, say } = context;
  const use = { key: "token", what: "the bot token of the app (xoxb-…)", path: ["token"], context };
  say("slack-token", ["token"], {
    did: "it posted with a bot token",
    written: "a sink with token and channel: later messages of a group are replies",
    decide: "the app needs chat:write, and reactions:write for check marks (docs/sinks/slack.md)",
  });
  const token = secretOption(textOf(options["token"]), use);
  const { channel, labels } = channelOf(textOf(options["channel"]), context);
  const attached = ["color", "footer", "title", "author_name"].filter((key) => textOf(options[key]) !== "");
  if (attached.length > 0)
    say("slack-attachment-ignored", [attached[0] ?? ""], {
      did: `it showed ${attached.join(", ")} only beside fields`,
      written: attached.includes("title")
        ? "the title of the rule; the colour is that of the severity"
        : "nothing",
    });
  const title = ruleText(textOf(options["title"]), ["title"], context);
  const text = [
    ruleText(textOf(options["message"]), ["message"], context),
    ...fieldLines(options["fields"], context),
  ];
  const lines = text.filter((line) => line !== undefined);
  return {
    sink: { name, type: "slack", token, channel },
    words: {
      ...(labels === undefined ? {} : { labels }),
      ...(title === undefined ? {} : { title }),
      ...(lines.length === 0 ? {} : { text: lines.map((line) => line.trimEnd()).join("\n") }),
    },
  };
};

/** Lines of `fields`: a mapping of titles and texts; a list is refused by the tool, and read as it was meant. */
function fieldLines(fields: unknown, context: ReceiverContext): readonly (string | undefined)[] {
  const pairs: readonly (readonly [string, string])[] = Array.isArray(fields)
    ? fields.filter(isMapping).map((field) => [textOf(field["title"]), textOf(field["value"])])
    : isMapping(fields)
      ? Object.entries(fields).map(([key, value]) => [key, textOf(value)])
      : [];
  return pairs.map(([key, value]) => {
    const text = ruleText(value, ["fields", key], context);
    return text === undefined ? undefined : `${key}: ${text}`;
  });
}

/** A channel that a template chose is one of a closed set, by a label of the rule. */
function channelOf(
  text: string,
  context: ReceiverContext,
): { readonly channel: unknown; readonly labels?: Readonly<Record<string, string>> } {
  if (!text.includes("{{")) {
    const plain = plainOption(text, ["channel"], context);
    const isName = /^#[^\s#@<>,|]{1,80}$|^[CGD][A-Z0-9]{6,20}$/u.test(plain);
    return { channel: isName ? plain : `#${plain.replaceAll(/[\s#@<>,|]/gu, "") || "events"}` };
  }
  const label = ruleText(text.replace(/^[@#]/u, ""), ["channel"], context);
  context.say("slack-channel-template", ["channel"], {
    did: `the channel was ${text}, so that whoever may label an object chose who is told`,
    written: "the label owner of the rule, and channel: { by: owner, of: {…}, else: … }",
    decide: "write the channel of each owner, and the one for all others",
  });
  return {
    channel: { by: "owner", of: { "an-owner": "#a-channel" }, else: "#a-channel-for-all-others" },
    labels: { owner: label ?? "" },
  };
}

/** `opsgenie`. */
export const translateOpsgenie: TranslateReceiver = ({ options }, context) => {
  const use = { key: "key", what: "the API key of the integration", path: ["apiKey"], context };
  const priority = textOf(options["priority"]);
  const url = textOf(options["URL"]);
  const labels = detailsOf(options["details"], context);
  const words = {
    title: ruleText(textOf(options["message"]), ["message"], context),
    text: ruleText(textOf(options["description"]), ["description"], context),
  };
  return {
    sink: {
      name: context.name,
      type: "opsgenie",
      key: secretOption(textOf(options["apiKey"]), use),
      ...(url === "" ? {} : { url: /^https?:/u.test(url) ? url : `https://${url}` }),
      ...(/^P[1-5]$/u.test(priority)
        ? { priorities: { critical: priority, warning: priority, info: priority } }
        : {}),
    },
    words: {
      ...(labels === undefined ? {} : { labels }),
      ...(words.title === undefined ? {} : { title: words.title }),
      ...(words.text === undefined ? {} : { text: words.text }),
    },
    remarks: [
      {
        path: ["priorities"],
        text: "One priority for all, as before; left out, P1 is for critical, P3 for warning, P5 for info.",
      },
    ],
  };
};

/** Labels of alerts that a rule may not set. */
const TAKEN =
  /^(?:rule|severity|cluster|namespace|kind|name|workload|reason|type|component|container|node)$/u;

function detailsOf(details: unknown, context: ReceiverContext): Readonly<Record<string, string>> | undefined {
  if (!isMapping(details)) return undefined;
  const labels = Object.entries(details).flatMap(([key, value]) => {
    const name = key.replaceAll(/\W/gu, "_");
    const text = TAKEN.test(name) ? undefined : ruleText(textOf(value), ["details", key], context);
    return text === undefined ? [] : [[name, text] as const];
  });
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}

/** `teams`, of whose layout the tool shows message, reason and metadata alone. */
export const translateTeams: TranslateReceiver = ({ options }, context) => {
  layoutOf(options, { key: "layout", written: "the card of the sink" }, context);
  return toChat("teams", textOf(options["endpoint"]), context);
};

/** `webhook` to a chat: the sink makes the body, and the texts of the layout become those of the rule. */
export const translateChatWebhook: TranslateReceiver = (receiver, context) => {
  const { options } = receiver;
  const address = textOf(options["endpoint"]);
  const { type = "" } = knownAddress(address, receiver.name) ?? {};
  const layout = layoutOf(
    options,
    { key: "layout", written: "the sink makes the body; title and text of the layout are those of the rule" },
    context,
  );
  if (type === "alertmanager") return toAlertmanager(receiver.options, context);
  return { ...toChat(type, address, context), words: layout === undefined ? {} : wordsOfTree(layout.tree) };
};

function toChat(type: string, address: string, context: ReceiverContext): SinkParts {
  const use = { key: "url", what: `the address of the webhook of ${type}`, path: ["endpoint"], context };
  return { sink: { name: context.name, type, url: secretOption(address, use) } };
}

function toAlertmanager(options: Readonly<Record<string, unknown>>, context: ReceiverContext): SinkParts {
  context.say("alertmanager-layout", ["endpoint"], {
    did: "a layout made alerts for Alertmanager, which had no end",
    written: "the sink alertmanager, which sends alerts with labels, annotations and an end",
    decide: "labels have names of their own (docs/sinks/alertmanager.md): compare routes and inhibition",
  });
  const { url, auth } = withoutCredentials(textOf(options["endpoint"]), "endpoint", context);
  return {
    sink: {
      name: context.name,
      type: "alertmanager",
      urls: [plainOption(url.replace(/\/api\/v[12]\/alerts\/?$/u, ""), ["endpoint"], context)],
      ...tlsOf(options, context),
      ...(auth === undefined ? {} : { auth }),
      ...headersOf(options, context),
    },
  };
}
