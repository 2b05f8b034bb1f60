import type { Clock } from "../../../src/lib/clock.ts";
import { type Json, asObject } from "../json.ts";
import { isEmpty, readContent } from "./content.ts";
import { Refusal } from "./refusal.ts";
import type { SlackMessage, Workspace } from "./workspace.ts";

/**
 * https://docs.slack.dev/interactivity/handling-user-interaction: five times within 30 minutes. Slack publishes no words
 * for more; `expired_url` is the one that getsentry/sentry#7955 met, `used_url` its sister.
 */
const MOST_USES = 5;
const VALID_MS = 30 * 60_000;

interface Grant {
  readonly message: SlackMessage;
  readonly user: string;
  readonly until: number;
  uses: number;
}

/** The addresses to which an app answers a click. */
export class ResponseUrls {
  readonly #clock: Clock;
  readonly #workspace: Workspace;
  readonly #grants = new Map<string, Grant>();

  constructor(clock: Clock, workspace: Workspace) {
    this.#clock = clock;
    this.#workspace = workspace;
  }

  /** A path that takes answers to a click on this message. */
  grant(message: SlackMessage, user: string): string {
    const path = `/actions/A0TOCSIN/${crypto.randomUUID()}`;
    this.#grants.set(path, { message, user, until: this.#clock.monotonic() + VALID_MS, uses: 0 });
    return path;
  }

  /** Takes an answer; throws a `Refusal`, which this address gives with status 404. */
  take(path: string, body: Json): void {
    const grant = this.#grants.get(path);
    if (grant === undefined || this.#clock.monotonic() > grant.until) throw new Refusal("expired_url");
    grant.uses += 1;
    if (grant.uses > MOST_USES) throw new Refusal("used_url");
    const content = readContent(body);
    const { message, user } = grant;
    if (body["delete_original"] === true) {
      this.#workspace.remove(message.channel, message.ts);
      return;
    }
    if (isEmpty(content)) throw new Refusal("no_text");
    const channel = this.#workspace.channel(message.channel, false);
    // "response_type": in_channel or, without it, ephemeral.
    if (body["replace_original"] === true) {
      this.#workspace.edit(channel, message.ts, content, { parse: "client", linkNames: false });
    } else if (body["response_type"] === "in_channel") {
      const reading = { parse: "none", linkNames: false };
      this.#workspace.post(channel, content, reading, { threadTs: undefined, broadcast: false });
    } else {
      const { text = "", blocks = [] } = content;
      const threadTs = body["thread_ts"];
      this.#workspace.whisper({
        channel: channel.id,
        user,
        text,
        blocks,
        threadTs: typeof threadTs === "string" ? threadTs : undefined,
      });
    }
  }
}

/** The body of an answer, or an empty one. */
export function parseAnswer(text: string): Json {
  try {
    return asObject(JSON.parse(text)) ?? {};
  } catch {
    throw new Refusal("invalid_payload");
  }
}
