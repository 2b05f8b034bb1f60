import {
  makeAuthority,
  type MailServer,
  startMailServer,
  type TestAuthority,
} from "../sinks/email/mail-server.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";

/** Short beside everything that is measured with it. */
const LOOKS_EVERY_MS = 100;

/** The ways in which a message comes. */
export const WAYS = ["chat", "mail", "hook"] as const;
/** One of them. */
export type Way = (typeof WAYS)[number];

/** One message as it came. */
export interface Arrival {
  /** Epoch milliseconds, at most a tenth of a second late. */
  readonly at: number;
  readonly way: Way;
  /** The lane that it came by: a name of the test, one for each of its stories. */
  readonly lane: string;
  /** All that a person reads, and for the webhook the whole body. */
  readonly text: string;
}

/**
 * A chat, a mail server and a webhook that keep all messages with the time they came. Each lane has its own address in
 * all three, as teams of one cluster have, so that a message belongs to one story for certain.
 */
export class Inbox implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly #authority: TestAuthority;
  readonly #chat: FakeReceiver;
  readonly #hook: FakeReceiver;
  readonly #mail: MailServer;
  readonly #timer: NodeJS.Timeout;
  readonly #seen: Record<Way, number> = { chat: 0, mail: 0, hook: 0 };

  static async open(): Promise<Inbox> {
    const authority = makeAuthority();
    const [chat, hook, mail] = await Promise.all([
      startReceiver({ status: 200, body: "ok" }),
      startReceiver(),
      startMailServer(authority),
    ]);
    return new Inbox({ authority, chat, hook, mail });
  }

  private constructor(parts: {
    readonly authority: TestAuthority;
    readonly chat: FakeReceiver;
    readonly hook: FakeReceiver;
    readonly mail: MailServer;
  }) {
    this.#authority = parts.authority;
    this.#chat = parts.chat;
    this.#hook = parts.hook;
    this.#mail = parts.mail;
    this.#timer = setInterval(() => this.#look(), LOOKS_EVERY_MS);
  }

  /** The sinks of a lane, as a configuration has them; `LANE-chat` and so on. */
  sinksOf(lane: string): readonly object[] {
    return [
      { name: `${lane}-chat`, type: "slack", url: `${this.#chat.url}/services/T0/B0/${lane}` },
      {
        name: `${lane}-mail`,
        type: "email",
        host: "127.0.0.1",
        port: this.#mail.port,
        caFile: this.#authority.caFile,
        from: "tocsin@example.com",
        to: [`${lane}@example.com`],
      },
      { name: `${lane}-hook`, type: "webhook", url: `${this.#hook.url}/${lane}` },
    ];
  }

  /** The messages of a lane that came by one way, oldest first. */
  by(way: Way, lane: string): readonly Arrival[] {
    this.#look();
    return this.arrivals.filter((each) => each.way === way && each.lane === lane);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#chat.close(), this.#hook.close(), this.#mail[Symbol.asyncDispose]()]);
    this.#authority[Symbol.dispose]();
  }

  #look(): void {
    const posted = (way: "chat" | "hook", { requests }: FakeReceiver): void => {
      this.#take(
        way,
        requests.map(({ path, body }) => ({ lane: path.split("/").at(-1) ?? "", text: body })),
      );
    };
    posted("chat", this.#chat);
    posted("hook", this.#hook);
    this.#take(
      "mail",
      this.#mail.mails.map(({ recipients, parsed: { subject, text } }) => ({
        lane: recipients[0]?.split("@")[0] ?? "",
        text: `${subject}\n${text}`,
      })),
    );
  }

  #take(way: Way, all: readonly Omit<Arrival, "at" | "way">[]): void {
    for (const each of all.slice(this.#seen[way])) this.arrivals.push({ ...each, at: Date.now(), way });
    this.#seen[way] = all.length;
  }
}
