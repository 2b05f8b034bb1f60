import { isMapping } from "../../../lib/mapping.ts";
import { textOf } from "../read-exporter.ts";
import { tlsOf } from "./http-options.ts";
import { templateOf } from "./layout-of.ts";
import type { ReceiverContext, TranslateReceiver } from "./receiver-context.ts";
import { plainOption, secretOption } from "./secret-option.ts";

/** `kafka`. */
export const translateKafka: TranslateReceiver = ({ options }, context) => {
  const template = templateOf(options, context);
  const { sasl, tls, brokers } = options;
  const addresses: readonly unknown[] = Array.isArray(brokers) ? brokers : [];
  const isSecured = isMapping(tls) && tls["enable"] === true;
  if (isMapping(options["avro"]) && textOf(options["avro"]["schemaID"]) !== "")
    context.say("no-equal", ["avro"], {
      did: "messages without a layout were written in Avro",
      written: "JSON",
      decide: "change the readers of the topic",
    });
  return {
    sink: {
      name: context.name,
      type: "kafka",
      brokers: addresses.map((broker) => plainOption(textOf(broker), ["brokers"], context)),
      topic: plainOption(textOf(options["topic"]), ["topic"], context),
      ...(isMapping(sasl) && sasl["enable"] === true ? { sasl: saslOf(sasl, context) } : {}),
      ...(isSecured ? { tls: tlsOf(options, context).tls ?? {} } : {}),
      ...template.options,
    },
    remarks: template.remarks,
  };
};

function saslOf(sasl: Readonly<Record<string, unknown>>, context: ReceiverContext): object {
  const username = plainOption(textOf(sasl["username"]), ["sasl", "username"], context);
  const path = ["sasl", "password"];
  const use = { key: "password", what: `the password of ${username}`, path, context };
  return { mechanism: "PLAIN", username, password: secretOption(textOf(sasl["password"]), use) };
}

function regionOf(options: Readonly<Record<string, unknown>>): { readonly region?: string } {
  const region = textOf(options["region"]);
  return region === "" ? {} : { region };
}

/** `sns`. */
export const translateSns: TranslateReceiver = ({ options }, context) => {
  const template = templateOf(options, context);
  const topicArn = plainOption(textOf(options["topicARN"]), ["topicARN"], context);
  const sink = { name: context.name, type: "sns", topicArn, ...regionOf(options), ...template.options };
  return { sink, remarks: template.remarks };
};

/** `sqs`, which the tool finds by its name. */
export const translateSqs: TranslateReceiver = ({ options }, context) => {
  const template = templateOf(options, context);
  const queue = plainOption(textOf(options["queueName"]), ["queueName"], context);
  const { region = "REGION" } = regionOf(options);
  const queueUrl = `https://sqs.${region}.amazonaws.com/ACCOUNT/${queue}`;
  context.say("no-equal", ["queueName"], {
    did: "it asked AWS for the address of the queue",
    written: `queueUrl: ${queueUrl}`,
    decide: "put the number of the account into the address",
  });
  return {
    sink: { name: context.name, type: "sqs", queueUrl, ...template.options },
    remarks: template.remarks,
  };
};

/** `eventbridge`. */
export const translateEventBridge: TranslateReceiver = ({ options }, context) => {
  const template = templateOf(options, context, "details");
  const [source, detailType] = [textOf(options["source"]), textOf(options["detailType"])];
  context.say("no-equal", ["source"], {
    did: `Events had the source ${source} and the detail type ${detailType}`,
    written: "the source tocsin and the detail type Kubernetes Event",
    decide: "change the rules of the bus that look at them",
  });
  const bus = plainOption(textOf(options["eventBusName"]), ["eventBusName"], context);
  const own = { ...(bus === "" ? {} : { bus }), ...regionOf(options), ...template.options };
  return { sink: { name: context.name, type: "eventbridge", ...own }, remarks: template.remarks };
};

/** `syslog`. */
export const translateSyslog: TranslateReceiver = ({ options }, context) => {
  const network = textOf(options["network"]);
  const isUdp = network.startsWith("udp");
  const address = plainOption(textOf(options["address"]), ["address"], context);
  if (network.startsWith("unix") || address === "")
    context.say("no-equal", ["network"], {
      did: "it wrote to the socket of the local system log",
      written: "address: localhost:514",
      decide: "write the address of a syslog server",
    });
  return {
    sink: {
      name: context.name,
      type: "syslog",
      address: network.startsWith("unix") || address === "" ? "localhost:514" : address,
      transport: isUdp ? "udp" : "tcp",
      // The tool's library ends each message in a line feed.
      ...(isUdp ? {} : { framing: "newline" }),
    },
  };
};
