import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { GroupActions, OpenGroup, SilenceWish } from "../../../src/sink/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeNotification } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { startFakeSlack } from "../../vendors/slack.ts";
import { BotBed, STORY } from "./bot-bed.ts";

const KIM = { id: "U0KIM", username: "kim" };
const SILENCE = "tocsin.silence:2h";
const MORE = "tocsin.more";
const HOUR = 3_600_000;

/** Groups in memory, and the silences that were wished for. */
class Groups implements GroupActions {
  group: OpenGroup | undefined = {
    severity: "warning",
    labels: { rule: "image-pull-failing", namespace: "shop" },
  };
  readonly wishes: (SilenceWish & { readonly key: string })[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async find(): Promise<OpenGroup | undefined> {
    return this.group;
  }

  async silence(key: string, wish: SilenceWish) {
    const [first] = this.wishes;
    this.wishes.push({ key, ...wish });
    const until = wish.forMs === undefined ? undefined : this.#clock.now() + wish.forMs;
    return { until, author: first?.author ?? wish.author, isNew: first === undefined };
  }
}

describe("the buttons of a message", () => {
  let clock: FakeClock;
  let groups: Groups;
  let bed: BotBed;
  const open = async (actions: object = {}): Promise<void> => {
    clock = new FakeClock();
    groups = new Groups(clock);
    const own = { appToken: "xapp-1", allow: ["U0KIM"], ...actions };
    bed = await BotBed.open({ actions: own }, {}, {}, { clock, actions: groups });
  };
  beforeEach(() => open());
  afterEach(async () => bed[Symbol.asyncDispose]());

  const listen = async (): Promise<void> => {
    bed.made.sink.listen?.();
    await until(() => bed.fake.socket.connections === 1);
  };
  const fire = async (): Promise<void> => {
    await bed.deliver({ ...STORY.firing, severity: "warning" });
    await listen();
  };
  const parent = () => {
    const [message] = bed.fake.messages();
    if (message === undefined) throw new Error("there is no message");
    return message;
  };
  const replies = (): readonly string[] => parent().replies.map(({ text }) => text);
  const whispers = (): readonly string[] => bed.fake.ephemerals().map(({ text }) => text);
  const click = (option?: string, user: { id: string; username: string; team?: string } = KIM) =>
    bed.fake.click(
      option === undefined
        ? { message: parent(), actionId: SILENCE, user }
        : { message: parent(), actionId: MORE, option, user },
    );

  it.each([
    [
      undefined,
      2 * HOUR,
      /^Silenced until <!date\^\d+\^.*> by kim: rule `image-pull-failing`, namespace `shop`$/u,
    ],
    ["8h", 8 * HOUR, /^Silenced until .* by kim: /u],
    ["until-end", undefined, /^Silenced until it ends by kim: /u],
  ] as const)("silence the group, and all see by whom: %s", async (option, forMs, reply) => {
    await fire();
    const envelope = click(option);
    await until(() => replies().length === 1);
    expect(envelope.receipt).toBe("acknowledged");
    expect(replies()[0]).toMatch(reply);
    expect(groups.wishes).toEqual([
      { key: STORY.firing.group.key, forMs, author: "slack:kim", comment: "from Slack" },
    ]);
  });

  it("say that somebody looks, and silence nothing by it unless told so", async () => {
    await fire();
    click("looking");
    await until(() => replies().length === 1);
    expect(replies()).toEqual(["kim is looking."]);
    expect(groups.wishes).toEqual([]);
  });

  it("silence for an hour while somebody looks, where the sink is told so", async () => {
    await bed[Symbol.asyncDispose]();
    await open({ lookingMutes: true });
    await fire();
    click("looking");
    await until(() => replies().length === 1);
    expect(groups.wishes).toMatchObject([{ forMs: HOUR, comment: "looking, from Slack" }]);
  });

  it.each([
    ["is not on the list", { id: "U0BOB", username: "bob" }, {}, "You may not do this"],
    ["is of another workspace", { ...KIM, team: "T0OTHER" }, {}, "Only members"],
    ["wants to silence what is critical", KIM, { severity: "critical" }, "It is critical"],
    ["comes too late", KIM, undefined, "It is over already."],
  ] as const)("refuse a user who %s, and only that user hears it", async (_, user, group, answer) => {
    await fire();
    groups.group = group === undefined ? undefined : { severity: "warning", labels: {}, ...group };
    click(undefined, user);
    await until(() => whispers().length === 1);
    expect(whispers()[0]).toContain(answer);
    expect(replies()).toEqual([]);
    expect(groups.wishes).toEqual([]);
  });

  it("find the silence of the first click at the second one", async () => {
    await fire();
    click();
    await until(() => replies().length === 1);
    click();
    await until(() => whispers().length === 1);
    expect(whispers()[0]).toMatch(/^It is silenced already, until .*, by slack:kim\.$/u);
    expect(replies()).toHaveLength(1);
  });

  it("do once what Slack delivers twice", async () => {
    await fire();
    const { id } = click();
    await until(() => replies().length === 1);
    bed.fake.socket.redeliver(id);
    click("looking");
    await until(() => replies().length === 2);
    expect(groups.wishes).toHaveLength(1);
    expect(whispers()).toEqual([]);
  });

  it.each(["refresh_requested", "cut"] as const)(
    "are heard again after the connection ended: %s",
    async (how) => {
      await fire();
      if (how === "cut") bed.fake.socket.cut();
      else bed.fake.socket.disconnect(how);
      await until(async () => {
        await clock.advance(1000);
        return bed.fake.socket.opened === 2 && bed.fake.socket.connections === 1;
      });
      click();
      await until(() => replies().length === 1);
    },
  );

  it("are heard once the app token is right, and say that nobody heard them before", async () => {
    bed.fake.setTokens({ app: "xapp-2" });
    await bed.deliver({ ...STORY.firing, severity: "warning" });
    bed.made.sink.listen?.();
    await until(() => bed.made.log.some((line) => line.includes("buttons have no connection")));
    bed.fake.setTokens({});
    await until(async () => {
      await clock.advance(1000);
      return bed.fake.socket.connections === 1;
    });
    expect(bed.made.log.join("")).not.toContain("xapp-1");
  });

  it("are not heard any more after the sink is closed", async () => {
    await fire();
    await bed.made.sink.close();
    await until(() => bed.fake.socket.connections === 0);
    await clock.advance(60_000);
    expect(bed.fake.socket.opened).toBe(1);
  });

  it("go when the problem is over, and are not in replies", async () => {
    await bed.deliver({ ...STORY.firing, severity: "warning" });
    await bed.deliver({ ...STORY.update, severity: "warning" });
    expect(JSON.stringify(parent().attachments)).toContain(SILENCE);
    expect(JSON.stringify(parent().replies)).not.toContain(SILENCE);
    await bed.deliver(STORY.resolved);
    expect(JSON.stringify(parent().attachments)).not.toContain(SILENCE);
  });

  it("ask before they silence, and name what", async () => {
    await bed.deliver(makeNotification({ title: "<!channel> & more" }));
    expect(JSON.stringify(parent().attachments)).toContain("until then: &lt;!channel&gt; &amp; more");
  });

  it("are nowhere, and nothing is connected, without the option", async () => {
    await using plain = await BotBed.open({}, {}, {}, { actions: groups });
    await plain.deliver(STORY.firing);
    expect(JSON.stringify(plain.fake.messages())).not.toContain(SILENCE);
    expect("listen" in plain.made.sink).toBe(false);
  });

  it("ignore what is no click of theirs", async () => {
    await fire();
    for (const payload of [{}, { type: "view_submission" }, { type: "block_actions", actions: [] }])
      bed.fake.socket.deliver(payload);
    bed.fake.socket.broadcast("no JSON");
    click("looking");
    await until(() => replies().length === 1);
    expect(whispers()).toEqual([]);
  });
});

it("a sink without a service behind it, as for send-test, connects to nothing", async () => {
  await using fake = await startFakeSlack();
  await using bed = await BotBed.open({
    actions: { appToken: "xapp-1", allow: "everyone" },
    api: `${fake.url}/api`,
  });
  expect("listen" in bed.made.sink).toBe(false);
});
