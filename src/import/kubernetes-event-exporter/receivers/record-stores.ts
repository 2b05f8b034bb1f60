import { isMapping } from "../../../lib/mapping.ts";
import { dotted } from "../../../lib/yaml-file.ts";
import { onlyVariable } from "../../variables.ts";
import { textOf } from "../read-exporter.ts";
import { headersOf, tlsOf, withoutCredentials } from "./http-options.ts";
import { layoutOf, templateOf } from "./layout-of.ts";
import type { ReceiverContext, TranslateReceiver } from "./receiver-context.ts";
import { plainOption, secretOption } from "./secret-option.ts";

type Options = Readonly<Record<string, unknown>>;

/** `elasticsearch` and `opensearch`. */
export const translateSearch: TranslateReceiver = ({ options }, context) => {
  const { name } = context;
  const template = templateOf(options, context);
  const hosts: readonly unknown[] = Array.isArray(options["hosts"]) ? options["hosts"] : [];
  const parts = hosts.map((host) => withoutCredentials(textOf(host), "hosts", context));
  const urls = parts.map(({ url }) =>
    onlyVariable(url) === undefined
      ? plainOption(url, ["hosts"], context)
      : secretOption(url, { key: "url", what: "the address", path: ["hosts"], context }),
  );
  const [{ auth } = { auth: undefined }] = parts;
  if (urls.length === 0)
    context.say("no-equal", textOf(options["cloudID"]) === "" ? [] : ["cloudID"], {
      did: "it found its server without a list of hosts",
      written: "urls: [http://localhost:9200]",
      decide: "write the address of the server",
    });
  const key = textOf(options["apiKey"]);
  return {
    sink: {
      name,
      type: "elasticsearch",
      urls: urls.length === 0 ? ["http://localhost:9200"] : urls,
      index: indexOf(options, context),
      ...(options["useEventID"] === true ? { id: "uid" } : {}),
      ...(key === ""
        ? {}
        : { apiKey: secretOption(key, { key: "api-key", what: "the API key", path: ["apiKey"], context }) }),
      ...tlsOf(options, context),
      ...(auth === undefined ? {} : { auth }),
      ...basicAuth(options, context),
      ...headersOf(options, context),
      ...template.options,
    },
    remarks: template.remarks,
  };
};

function basicAuth(options: Options, context: ReceiverContext): { readonly auth?: unknown } {
  const username = textOf(options["username"]);
  if (username === "") return {};
  const password = secretOption(textOf(options["password"]), {
    key: "password",
    what: `the password of ${username}`,
    path: ["password"],
    context,
  });
  return { auth: { basic: { username: plainOption(username, ["username"], context), password } } };
}

/** Layouts of a date in Go, as the sink writes them. */
const DATES: Readonly<Record<string, string>> = {
  "2006-01-02": "yyyy-MM-dd",
  "2006.01.02": "yyyy.MM.dd",
  "2006_01_02": "yyyy_MM_dd",
  "20060102": "yyyyMMdd",
  "2006-01": "yyyy-MM",
  "2006.01": "yyyy.MM",
  "2006": "yyyy",
};

function indexOf(options: Options, context: ReceiverContext): string {
  const format = textOf(options["indexFormat"]);
  const plain = plainOption(format === "" ? textOf(options["index"]) : format, ["index"], context);
  const key = format === "" ? "index" : "indexFormat";
  const dated = plain.replaceAll(/\{([^{}]*)\}/gu, (_, date: string) => `{${DATES[date] ?? "yyyy.MM.dd"}}`);
  const index = dated.toLowerCase().replaceAll("mm", "MM");
  const [, date = ""] = /\{([^{}]*)\}/u.exec(plain) ?? [];
  if (index !== dated || (date !== "" && DATES[date] === undefined))
    context.say("no-equal", [key], {
      did: `the index was ${plain}`,
      written: `index: ${index}`,
      decide: "dates are {yyyy.MM.dd}, {yyyy.MM} or {yyyy}, and an index has small letters",
    });
  return index === "" ? "events-{yyyy.MM.dd}" : index;
}

/** Labels that the sink takes from each Event. */
const OF_EVENTS: ReadonlySet<string> = new Set(["cluster", "namespace", "type"]);

/** `loki`, and what posts to the address of its push API. */
export const translateLoki: TranslateReceiver = ({ options, kind }, context) => {
  const key = kind === "webhook" ? "endpoint" : "url";
  // A body for the push API has the labels and the line that the sink makes itself.
  const isPush = kind === "webhook";
  const written = "the whole record as a line; Loki has labels and fields for the rest";
  if (isPush) layoutOf(options, { key: "layout", written }, context);
  const template = isPush ? { options: {}, remarks: [] } : templateOf(options, context);
  const { url, auth } = withoutCredentials(textOf(options[key]), key, context);
  const { headers = {}, ...others } = headersOf(options, context);
  const tenant = Object.entries(headers).find(([name]) => name.toLowerCase() === "x-scope-orgid");
  // The sink has the address of a client of its own.
  const kept = Object.entries(headers).filter(([name]) => !/^(?:x-scope-orgid|user-agent)$/iu.test(name));
  const labels = labelsOf(options, context);
  return {
    sink: {
      name: context.name,
      type: "loki",
      url:
        onlyVariable(url) === undefined
          ? plainOption(url, [key], context)
          : secretOption(url, { key: "url", what: "the address", path: [key], context }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(typeof tenant?.[1] === "string" ? { tenant: tenant[1] } : {}),
      ...(auth === undefined ? {} : { auth }),
      ...tlsOf(options, context),
      ...others,
      ...(kept.length === 0 ? {} : { headers: Object.fromEntries(kept) }),
      ...template.options,
    },
    remarks: template.remarks,
  };
};

function labelsOf(options: Options, context: ReceiverContext): Readonly<Record<string, string>> {
  const { streamLabels } = options;
  if (!isMapping(streamLabels)) return {};
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(streamLabels)) {
    const text = textOf(value);
    const path = ["streamLabels", name];
    if (text.includes("{{"))
      context.say("loki-labels-literal", path, {
        did: `the label was the text ${text}, for nothing renders it`,
        written: OF_EVENTS.has(name) ? `the label ${name} of the Event` : "nothing",
        decide: "cluster, namespace and type of the Event are labels already",
        shown: dotted([context.name, ...path]),
      });
    else if (OF_EVENTS.has(name))
      context.say("no-equal", path, {
        did: `every line had the label ${name}: ${text}`,
        written: `${name} comes from the ${name === "cluster" ? "configuration" : "Event"}`,
        decide: name === "cluster" ? `cluster: ${text} is probably the name of the cluster` : "",
      });
    else if (text !== "") labels[name.replaceAll(/\W/gu, "_")] = plainOption(text, path, context);
  }
  return labels;
}
