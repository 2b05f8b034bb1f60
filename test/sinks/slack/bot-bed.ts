import type { Notification } from "../../../src/alert/index.ts";
import type { SinkDeps } from "../../../src/sink/index.ts";
import { nextStepOf } from "../../../src/sink/thread/index.ts";
import { slack } from "../../../src/sinks/slack/slack.ts";
import { noDeadline } from "../../support/deadline.ts";
import { type MadeSink, makeSink } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeNotification, NOTIFICATIONS } from "../../support/notifications.ts";
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from "../../vendors/slack.ts";

/** A Slack sink by token, a fake Slack, and the memory that the store keeps of one group. */
export class BotBed implements AsyncDisposable {
  readonly fake: FakeSlack;
  readonly made: MadeSink;
  memory: unknown;

  private constructor(fake: FakeSlack, made: MadeSink) {
    this.fake = fake;
    this.made = made;
  }

  static async open(
    options: Readonly<Record<string, unknown>> = {},
    slackOptions: FakeSlackOptions = {},
    env: Readonly<Record<string, string>> = {},
    host: Partial<SinkDeps> = {},
  ): Promise<BotBed> {
    // The pace is that of delivery, which is not here.
    const fake = await startFakeSlack({ clock: new RushingClock(), ...slackOptions });
    const own = { token: "xoxb-1", channel: "#ops", api: `${fake.url}/api` };
    return new BotBed(fake, makeSink(slack, { ...own, ...options }, { env, ...host }));
  }

  /** Makes one attempt. @returns The rest. */
  async attempt(notification: Notification, remaining?: unknown): Promise<unknown> {
    const sent = await this.made.sink.send?.(notification, {
      receiver: this.memory,
      remaining,
      signal: noDeadline(),
    });
    if (sent?.receiver !== undefined) this.memory = sent.receiver;
    return sent?.remaining;
  }

  /** Makes attempts until the message is delivered. */
  async deliver(notification: Notification): Promise<void> {
    let remaining: unknown;
    do remaining = await this.attempt(notification, remaining);
    while (nextStepOf(remaining) !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.made.sink.close();
    await this.fake.close();
  }
}

/** A clock on which enough time passes between two looks for any pace. */
class RushingClock extends FakeClock {
  #ms = 0;

  override monotonic(): number {
    return (this.#ms += 2000);
  }
}

/** The story of one group: it fires, grows, is repeated, ends. */
export const STORY = {
  firing: makeNotification({ id: "n-firing", severity: "critical" }),
  update: toldAs("new alert", "n-update"),
  repeat: { ...toldAs("repeat", "n-repeat"), severity: "critical" },
  resolved: toldAs("resolved by an event", "n-resolved"),
} as const satisfies Readonly<Record<string, Notification>>;

function toldAs(name: string, id: string): Notification {
  return makeNotification({ ...NOTIFICATIONS[name], id });
}
