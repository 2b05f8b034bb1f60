import { expect, it } from "vitest";

import { SilenceList } from "../../src/api/index.ts";
import { AppBed, broken, ROUTE } from "../support/app-bed.ts";
import { until } from "../support/until.ts";
import { startFakeSlack } from "../vendors/slack.ts";

const KIM = { id: "U0KIM", username: "kim" };

it("a click in Slack silences the alerts of the message, with its author, and only once", async () => {
  await using slack = await startFakeSlack();
  await using bed = await AppBed.open();
  const actions = { appToken: "xapp-1", allow: "everyone", critical: true };
  const sink = {
    name: "ops",
    type: "slack",
    token: "xoxb-1",
    channel: "#ops",
    api: `${slack.url}/api`,
    actions,
  };
  bed.configure({ sinks: [sink], route: { ...ROUTE, sinks: ["ops"] } });
  await bed.ready();
  const silences = async () => SilenceList.parse(JSON.parse((await bed.get("/api/v1/silences")).body)).items;
  bed.api.create(broken("web"));
  const message = await until(() => slack.messages()[0]);
  await until(() => slack.socket.connections === 1);
  slack.click({ message, actionId: "tocsin.silence:2h", user: KIM });
  await until(() => slack.messages()[0]?.replies.length === 1);
  expect(await silences()).toMatchObject([
    {
      origin: "api",
      state: "active",
      author: "slack:kim",
      comment: "from Slack",
      alerts: 1,
      match: { namespace: "shop", cluster: expect.any(String), rule: expect.any(String) },
    },
  ]);
  slack.click({ message, actionId: "tocsin.silence:2h", user: KIM });
  await until(() => slack.ephemerals().length === 1);
  expect(slack.ephemerals()[0]?.text).toContain("It is silenced already");
  expect(await silences()).toHaveLength(1);
  slack.click({ message, actionId: "tocsin.more", option: "until-end", user: KIM });
  await until(() => slack.messages()[0]?.replies.length === 2);
  expect((await silences()).map(({ untilResolved }) => untilResolved)).toContain(true);
});

/** An Event about a node. */
const nodeEvent = (name: string): object => ({
  metadata: { generateName: `${name}-`, namespace: "default" },
  involvedObject: { kind: "Node", name },
  reason: "Broken",
  type: "Warning",
  message: `${name} is broken`,
});

it.each([
  [
    "a group of one node silences that node alone",
    { groupBy: ["..."] },
    [nodeEvent("node-3")],
    [{ rule: "it", workload: "Node/node-3" }],
  ],
  [
    "a group of two rules silences nothing, since it would be the whole namespace",
    { groupBy: ["cluster", "namespace"] },
    [broken("web"), broken("db", "shop", { reason: "Lost" })],
    [],
  ],
])("a click on %s", async (_, route, events, matches) => {
  await using slack = await startFakeSlack();
  await using bed = await AppBed.open();
  bed.write(
    "rules.yaml",
    "rules: [{ name: it, match: { reason: Broken } }, { name: other, match: { reason: Lost } }]",
  );
  const actions = { appToken: "xapp-1", allow: "everyone", critical: true };
  const sink = {
    name: "ops",
    type: "slack",
    token: "xoxb-1",
    channel: "#ops",
    api: `${slack.url}/api`,
    actions,
  };
  bed.configure({ sinks: [sink], route: { ...ROUTE, ...route, sinks: ["ops"] } });
  await bed.ready();
  for (const event of events) bed.api.create(event);
  const alertsOf = async () => JSON.parse((await bed.get("/api/v1/alerts")).body).items;
  await until(async () => (await alertsOf()).length === events.length);
  const message = await until(() => slack.messages()[0]);
  await until(() => slack.socket.connections === 1);
  slack.click({ message, actionId: "tocsin.silence:2h", user: KIM });
  await until(
    () =>
      (slack.messages()[0]?.replies ?? []).some(({ text }) => text.includes("Silenced")) ||
      slack.ephemerals().length > 0,
  );
  const { items } = SilenceList.parse(JSON.parse((await bed.get("/api/v1/silences")).body));
  expect(items).toMatchObject(matches.map((match) => ({ match })));
  expect(items).toHaveLength(matches.length);
});

it("a click on a message whose problem is over silences nothing", async () => {
  await using slack = await startFakeSlack();
  await using bed = await AppBed.open();
  const actions = { appToken: "xapp-1", allow: "everyone", critical: true };
  const sink = {
    name: "ops",
    type: "slack",
    token: "xoxb-1",
    channel: "#ops",
    api: `${slack.url}/api`,
    actions,
  };
  bed.configure({ sinks: [sink], route: { ...ROUTE, sinks: ["ops"] } });
  await bed.ready();
  bed.api.create(broken("web"));
  const message = await until(() => slack.messages()[0]);
  await until(() => slack.socket.connections === 1);
  const [, ours = ""] = /"(tocsin\/\d+\/[^/]+\/)/u.exec(JSON.stringify(message)) ?? [];
  expect(ours).not.toBe("");
  const payload = {
    type: "block_actions",
    team: { id: "T0EXAMPLE" },
    user: { id: KIM.id, username: KIM.username, team_id: "T0EXAMPLE" },
    channel: { id: message.channel },
    message: { ts: message.ts },
    actions: [{ action_id: "tocsin.silence:2h", block_id: `${ours}unknown` }],
  };
  slack.socket.deliver(payload);
  slack.click({ message, actionId: "tocsin.more", option: "looking", user: KIM });
  await until(() => slack.messages()[0]?.replies.length === 1);
  const { items } = SilenceList.parse(JSON.parse((await bed.get("/api/v1/silences")).body));
  expect(items).toEqual([]);
});
