import { readFileSync } from "node:fs";
import { isIP, type Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";

import { z } from "zod";

import { sendDatagrams, toDeliveryError, trustSystemStore } from "../../egress/index.ts";
import { TocsinError } from "../../lib/errors.ts";
import { strict } from "../../lib/schema.ts";
import { defineSink, type SinkContext } from "../../sink/index.ts";
import { parseRecord } from "../../sink/records/index.ts";
import { deliverByStream, secure } from "./deliver-by-stream.ts";
import { messageOf } from "./message-of.ts";

/** rsyslog's `maxMessageSize` is 8 KiB: docs/sinks/syslog.md#limits */
const LONGEST_MESSAGE = 8000;

/** A receiver has to take 480 bytes and should take 2048: RFC 5426, 3.2. */
const LONGEST_DATAGRAM = 2048;

const DEFAULT_PORTS = { tcp: 514, udp: 514, tls: 6514 } as const;

const ADDRESS = /^(?:\[(?<v6>[\da-f:.]+)\]|(?<host>[\w.-]{1,255}))(?::(?<port>\d{1,5}))?$/iu;

const Options = strict({
  address: z
    .string()
    .refine((address) => portOf(address, 1) !== undefined, {
      error: "expected host:port, such as logs.example:6514 or [2001:db8::1]:514",
    })
    .describe("host and port; without one 514, for tls 6514"),
  transport: z.enum(["tcp", "tls", "udp"]).default("tcp").describe("how messages travel"),
  framing: z
    .enum(["octet-counting", "newline"])
    .default("octet-counting")
    .describe("how messages in one connection are told apart, RFC 6587"),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe("PEM: the authority of the receiver, instead of the usual ones"),
  certFile: z.string().min(1).optional().describe("PEM: our certificate, where the receiver asks for one"),
  keyFile: z.string().min(1).optional().describe("PEM: the key of certFile"),
  serverName: z.string().min(1).optional().describe("the name in the receiver's certificate"),
}).superRefine((options, context) => {
  const { transport, certFile, keyFile } = options;
  const fault = (message: string, key: string): void =>
    context.addIssue({ code: "custom", message, path: [key] });
  for (const key of ["caFile", "certFile", "keyFile", "serverName"] as const)
    if (options[key] !== undefined && transport !== "tls") fault(`${key} is for transport: tls`, key);
  if ((certFile === undefined) !== (keyFile === undefined))
    fault("certFile and keyFile go together", certFile === undefined ? "keyFile" : "certFile");
});
type Options = z.infer<typeof Options>;

/** Writes records as syslog messages (RFC 5424) over TCP, TLS or UDP. */
export const syslog = defineSink<Options>({
  type: "syslog",
  options: Options,
  takes: ["records"],
  traits: () => ({ rateLimit: undefined, concurrency: 1, batchSize: 100 }),
  http: false,
  create: (options, context) => {
    const target = {
      host: hostOf(options.address),
      port: portOf(options.address, DEFAULT_PORTS[options.transport]) ?? 0,
    };
    const isUdp = options.transport === "udp";
    const connect = async (signal: AbortSignal): Promise<Socket> => {
      const tls = options.transport === "tls" ? tlsOptions(options, target.host, context) : undefined;
      const socket = await context.dial({ scheme: "syslog", ...target, allowPrivate: true }, signal);
      if (tls === undefined) return socket;
      return await secure(socket, tls, signal).catch((thrown: unknown) => {
        throw toDeliveryError(thrown, signal, "connection");
      });
    };
    return {
      write: async (records, signal) => {
        const most = isUdp ? LONGEST_DATAGRAM : LONGEST_MESSAGE;
        const messages = records.map(({ body }) => messageOf(parseRecord(body), most));
        if (isUdp) {
          await sendDatagrams(
            messages.map((message) => Buffer.from(message)),
            target,
            signal,
          );
        } else if (messages.length > 0) {
          const socket = await connect(signal);
          const text = messages.map((message) => framed(message, options.framing)).join("");
          await deliverByStream(socket, text, { clock: context.clock, signal }).catch((thrown: unknown) => {
            throw toDeliveryError(thrown, signal, "connection");
          });
        }
        return records.map(() => ({ ok: true }));
      },
      probe: async (signal) => {
        const place = `${options.address} by ${options.transport}`;
        if (isUdp) return `${place}, where nobody answers`;
        (await connect(signal)).destroy();
        return place;
      },
      close: async () => undefined,
    };
  },
});

/** RFC 6587: the length in bytes and a blank before the message, or a line break behind it. */
function framed(message: string, framing: Options["framing"]): string {
  return framing === "newline" ? `${message}\n` : `${Buffer.byteLength(message)} ${message}`;
}

function tlsOptions(options: Options, host: string, context: SinkContext): ConnectionOptions {
  const { caFile, certFile, keyFile, serverName } = options;
  const read = (path: string): string => {
    try {
      return readFileSync(context.resolvePath(path), "utf8");
    } catch (cause) {
      throw new TocsinError("ERR_CONFIG_INVALID", `${path} cannot be read`, { cause });
    }
  };
  trustSystemStore();
  const name = serverName ?? host;
  return {
    minVersion: "TLSv1.2",
    // An address is in no greeting, RFC 6066; its certificate is judged all the same.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    host: name,
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(certFile === undefined || keyFile === undefined ? {} : { cert: read(certFile), key: read(keyFile) }),
  };
}

function hostOf(address: string): string {
  const groups = ADDRESS.exec(address)?.groups;
  return groups?.["v6"] ?? groups?.["host"] ?? "";
}

/** Undefined when the address has no such form. */
function portOf(address: string, otherwise: number): number | undefined {
  const groups = ADDRESS.exec(address)?.groups;
  if (groups === undefined) return undefined;
  const port = groups["port"] === undefined ? otherwise : Number(groups["port"]);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
