import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseSink } from "../../../src/sink/index.ts";
import { mattermost } from "../../../src/sinks/mattermost/mattermost.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { makeNotification } from "../../support/notifications.ts";
import { sendAnything } from "../../support/send-anything.ts";
import { startChat } from "../../vendors/chat-vendor.ts";
import { mattermost as vendor } from "../../vendors/mattermost.ts";

const Body = z.strictObject({
  channel: z.string().optional(),
  text: z.string().min(1),
  attachments: z.array(z.strictObject({ color: z.string(), text: z.string() })).optional(),
});

/** Fails when Mattermost would split or cut the message. */
function expectWhole(body: string): void {
  const { text, attachments = [] } = Body.parse(JSON.parse(body));
  expect(Array.from(text).length).toBeLessThanOrEqual(16_383);
  expect(JSON.stringify(attachments).length).toBeLessThanOrEqual(7000);
}

describeChat(mattermost, {
  vendor,
  options: ({ url }, secret) => ({ url: `${url}/hooks/${secret}` }),
  check: (body) => expectWhole(body),
  states: {
    "webhook deleted": "broken",
    "channel missing": "broken",
    "channel archived": "broken",
    "channel locked": "broken",
    "no right to write": "broken",
    "webhooks turned off": "broken",
  },
  edits: false,
});

describe("a message to Mattermost", () => {
  it("is one post whatever an Event says", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(mattermost, { url: `${fake.url}/hooks/x` });
    await sendAnything(sink, fake, { check: expectWhole });
    expect(fake.losses()).toEqual([]);
    await sink.close();
  });

  it("calls only whom the configuration names, and goes to the channel that it names", async () => {
    await using fake = await startChat(vendor);
    const options = {
      url: `${fake.url}/hooks/x`,
      channel: "ops",
      mentions: { warning: ["@channel", "@kim"] },
    };
    const { sink } = makeSink(mattermost, options);
    await sendOnce(sink, makeNotification());
    await sink.close();
    expect(fake.messages().map(({ place, pings }) => [place, pings])).toEqual([
      ["ops", ["@channel", "@kim"]],
    ]);
  });

  it("is plain text after a refusal of its content", async () => {
    await using fake = await startChat(vendor);
    fake.script({ status: 400, body: '{"id":"web.incoming_webhook.parse.app_error","message":"no"}' });
    const { sink } = makeSink(mattermost, { url: `${fake.url}/hooks/x` });
    await sendOnce(sink);
    await sink.close();
    const forms = fake.bodies().map((body) => Body.parse(JSON.parse(body)).attachments !== undefined);
    expect(forms).toEqual([true, false]);
  });

  it("says what to do when the webhook is gone", async () => {
    await using fake = await startChat(vendor);
    fake.fault({ word: "webhook deleted" });
    const { sink } = makeSink(mattermost, { url: `${fake.url}/hooks/x` });
    expect((await failureOfSending(sink)).message).toMatch(/make a new one/u);
    await sink.close();
  });

  it.each([
    [{ channel: "Town Square" }, /town-square/u],
    [{ mentions: { critical: ["kim"] } }, /write @username/u],
  ])("refuses %j", (wrong, message) => {
    const { faults } = parseSink({ name: "ops", type: "mattermost", url: { env: "URL" }, ...wrong }, [
      mattermost,
    ]);
    expect(faults.map((fault) => fault.message).join()).toMatch(message);
  });
});
