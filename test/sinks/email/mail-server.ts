import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

import type { Receiver } from "../../support/describe-sink.ts";

/** A certificate that signs itself, thrown away with the directory. */
export interface TestAuthority extends Disposable {
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
  /** Of the key, for programs. */
  readonly keyFile: string;
}

/** Makes a certificate with openssl, for 127.0.0.1 or another name. */
export function makeAuthority(name = "IP:127.0.0.1"): TestAuthority {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-mail-"));
  const [keyFile, caFile] = [join(directory, "key.pem"), join(directory, "ca.pem")];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(" ");
  const subject = ["-subj", "/CN=tocsin test", "-addext", `subjectAltName=${name}`];
  execFileSync("openssl", [...request, ...subject, "-keyout", keyFile, "-out", caFile], { stdio: "ignore" });
  return {
    caFile,
    keyFile,
    key: readFileSync(keyFile, "utf8"),
    cert: readFileSync(caFile, "utf8"),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

/** One mail as it came. */
export interface ReceivedMail {
  readonly recipients: readonly string[];
  readonly source: string;
  readonly parsed: ParsedMail;
}

/** A real SMTP server that refuses what the test says. */
export interface MailServer extends Receiver {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** User names and passwords that were given. */
  readonly logins: readonly string[];
  /** Answers this to a recipient from now on. */
  refuse(recipient: string, code: number): void;
  accept(recipient: string): void;
}

/** A server on loopback with STARTTLS, or with TLS from the first byte. */
export async function startMailServer(
  authority: Pick<TestAuthority, "key" | "cert">,
  options: {
    readonly implicitTls?: boolean;
    readonly password?: string;
    /** The server speaks no newer TLS. */
    readonly newestTls?: "TLSv1.1";
  } = {},
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const logins: string[] = [];
  const refused = new Map<string, number>();
  let mood: "well" | "hanging" | "failing" = "well";
  const server = new SMTPServer({
    key: authority.key,
    cert: authority.cert,
    secure: options.implicitTls === true,
    ...(options.newestTls === undefined
      ? {}
      : { minVersion: "TLSv1", maxVersion: options.newestTls, ciphers: "DEFAULT@SECLEVEL=0" }),
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 50,
    onAuth: ({ username = "", password = "" }, _, callback) => {
      logins.push(`${username}:${password}`);
      if (options.password !== undefined && password !== options.password) return callback(new Error("no"));
      callback(null, { user: username });
    },
    onMailFrom: (_, __, callback) => {
      if (mood === "well") callback();
      if (mood === "failing") callback(reply(451, "try again later"));
    },
    onRcptTo: ({ address }, _, callback) => {
      const code = refused.get(address);
      callback(code === undefined ? null : reply(code, `${address} is refused`));
    },
    onData: (stream, { envelope }, callback) => {
      void (async () => {
        const mail = await receive(stream);
        if (mail === undefined) return;
        mails.push({ recipients: envelope.rcptTo.map(({ address }) => address), ...mail });
        callback();
      })();
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A TCP server has such an address.
    port: (server.server.address() as AddressInfo).port,
    mails,
    logins,
    bodies: () =>
      mails.map(({ recipients, source, parsed: { subject, text, html, headerLines } }) =>
        JSON.stringify({ recipients, subject, text, html, headers: headerLines, size: source.length }),
      ),
    hang: () => {
      mood = "hanging";
    },
    fail: () => {
      mood = "failing";
    },
    get connections() {
      return server.connections.size;
    },
    refuse: (recipient, code) => {
      refused.set(recipient, code);
    },
    accept: (recipient) => {
      refused.delete(recipient);
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Undefined when the client broke off. */
async function receive(
  stream: AsyncIterable<unknown>,
): Promise<Omit<ReceivedMail, "recipients"> | undefined> {
  const chunks: Buffer[] = [];
  try {
    // Without an encoding set, a stream gives buffers.
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  const source = Buffer.concat(chunks).toString();
  return { source, parsed: await simpleParser(source) };
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** A reply of a scripted server, at once or when the test says; undefined ends the connection. */
type Reply = string | Promise<string | undefined>;

/** The answers of a scripted server, keyed by command; `greeting` comes first. */
export type Script = Readonly<
  Partial<Record<"greeting" | "EHLO" | "HELO" | "STARTTLS" | "AUTH" | "MAIL" | "RCPT" | "DATA" | ".", Reply>>
>;

const POLITE: Required<Script> = {
  greeting: "220 mail.example ESMTP",
  EHLO: "250-mail.example\r\n250 AUTH PLAIN",
  HELO: "250 mail.example",
  STARTTLS: "502 5.5.1 command not implemented",
  AUTH: "235 2.7.0 accepted",
  MAIL: "250 2.1.0 ok",
  RCPT: "250 2.1.5 ok",
  DATA: "354 go ahead",
  ".": "250 2.0.0 queued",
};

async function answerAfter(earlier: Promise<void>, reply: Reply, socket: Socket): Promise<void> {
  await earlier;
  const text = await reply;
  if (text === undefined) socket.destroy();
  else socket.write(`${text}\r\n`);
}

/** A server without TLS that answers from a script, word for word, and records its input. */
export async function startScriptedServer(
  script: Script,
): Promise<AsyncDisposable & { readonly port: number; readonly heard: readonly string[] }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let last: Promise<void> = Promise.resolve();
    // One answer after the other, as the commands came.
    const answer = (reply: Reply): void => {
      last = answerAfter(last, reply, socket);
    };
    answer(script.greeting ?? POLITE.greeting);
    let inData = false;
    socket.setEncoding("utf8").on("data", (chunk) => {
      for (const line of String(chunk).split("\r\n").slice(0, -1)) {
        heard.push(line);
        if (inData && line !== ".") continue;
        inData = line === "DATA" && !("DATA" in script);
        const command = line.split(/[ :]/u, 1)[0] ?? "";
        // The words of the protocol that a client uses; others are answered as well.
        answer(script[command as keyof Script] ?? POLITE[command as keyof Script] ?? "250 ok");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    // A TCP server has such an address.
    port: (server.address() as AddressInfo).port,
    heard,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
