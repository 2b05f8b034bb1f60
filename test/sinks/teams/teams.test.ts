import type { IAdaptiveCard } from "@microsoft/teams.cards";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseSink } from "../../../src/sink/index.ts";
import { present } from "../../../src/sink/present/index.ts";
import { toCard, toPlainCard } from "../../../src/sinks/teams/card.ts";
import { teams } from "../../../src/sinks/teams/teams.ts";
import { STORIES, toldAt } from "../../sink/present/stories.ts";
import { anyString } from "../../support/any-string.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { makeLongest, makeNotification, makeNotificationOf } from "../../support/notifications.ts";
import { rounds } from "../../support/rounds.ts";
import { startChat } from "../../vendors/chat-vendor.ts";
import { teams as vendor } from "../../vendors/teams.ts";

const hook = (url: string, sig = "s"): string =>
  `${url}/workflows/f1/triggers/manual/paths/invoke?api-version=1&sig=${sig}`;

describeChat(teams, {
  vendor,
  options: ({ url }, secret) => ({ url: hook(url, secret) }),
  check: (body) => expect(Buffer.byteLength(body)).toBeLessThanOrEqual(18_432),
  states: {
    "flow deleted": "broken",
    "flow turned off": "broken",
    "wrong signature": "broken",
    "only for the tenant": "broken",
    "old connector throttled": "transient",
    "old connector, card too large": "poison",
  },
  edits: false,
});

describe("T1: a card in Teams", () => {
  it("is a card by Microsoft's own types", () => {
    const told = makeNotification();
    const message = { shown: present(told, 0), notification: told, options: {}, mentions: [], now: 0 };
    const cards = [toCard(message), toPlainCard(message)].map(({ attachments: [{ content }] }) => {
      const { msteams, ...card } = content;
      expect(msteams.width).toBe("Full");
      // Their lists are not readonly, and the types write "full" where the pages write "Full".
      return structuredClone(card) as IAdaptiveCard;
    });
    expect(cards.map(({ version }) => version)).toEqual(["1.4", "1.4"]);
  });

  it("never has more than 18 KiB, whatever an Event says", () => {
    fc.assert(
      fc.property(anyString(6000), fc.integer({ min: 1, max: 40 }), (text, times) => {
        const told = makeNotificationOf(text.repeat(times));
        const shown = present(told, toldAt(told));
        const message = { shown, notification: told, options: {}, mentions: ["kim@example.com"], now: 0 };
        for (const card of [toCard(message), toPlainCard(message)])
          expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(18_432);
      }),
      { numRuns: rounds(60) },
    );
  });

  it.each(['*"\\', "中文é", "<&>"])("has at most 18 KiB with what is longest in each part, of %j", (sign) => {
    const told = makeLongest(sign);
    const message = { shown: present(told, 0), notification: told, options: {}, mentions: [], now: 0 };
    for (const card of [toCard(message), toPlainCard(message)])
      expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThanOrEqual(18_432);
    expect(toCard(message).attachments[0].content.actions).toHaveLength(4);
  });

  it("calls only whom the configuration names", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(teams, { url: hook(fake.url), mentions: { warning: ["kim@example.com"] } });
    await sendOnce(sink, makeNotification());
    await sendOnce(sink, makeNotificationOf("<at>lee@example.com</at>"));
    await sink.close();
    expect(fake.messages().map(({ pings }) => pings)).toEqual([["kim@example.com"], ["kim@example.com"]]);
    expect(fake.losses()).toEqual([]);
  });

  it("is never lost after its acceptance, for each story in both forms", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(teams, { url: hook(fake.url) });
    for (const told of Object.values(STORIES)) {
      await sendOnce(sink, told);
      fake.script({ status: 400, body: '{"error":{"code":"InvalidRequestContent","message":"no"}}' });
      await sendOnce(sink, told);
    }
    await sink.close();
    expect(fake.losses()).toEqual([]);
    expect(fake.messages()).toHaveLength(2 * Object.keys(STORIES).length);
  });
});

describe("the address of a workflow", () => {
  const faultsOf = (url: unknown) =>
    parseSink({ name: "ops", type: "teams", url }, [teams]).faults.map(
      ({ level, message }) => `${level}: ${message}`,
    );

  it("T1: is not that of a connector, which Microsoft has ended", async () => {
    const old = "https://example.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4";
    expect(faultsOf(old).join()).toMatch(/error: .*connector.*docs\/sinks\/teams\.md/u);
    const { sink } = makeSink(teams, { url: { env: "URL" } }, { env: { URL: old } });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ failure: "misconfigured", class: "broken" });
  });

  it("is warned of when it is an old one", () => {
    const url =
      "https://prod-1.westeurope.logic.azure.com:443/workflows/f/triggers/manual/paths/invoke?sig=s";
    expect(faultsOf(url).join()).toMatch(/warning: .*copy the workflow's address again/u);
    const now =
      "https://a.b.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/f/triggers/manual/paths/invoke?sig=s";
    expect(faultsOf(now).join()).not.toMatch(/copy/u);
  });
});
