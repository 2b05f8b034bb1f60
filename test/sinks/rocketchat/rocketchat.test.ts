import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseSink } from "../../../src/sink/index.ts";
import { rocketchat } from "../../../src/sinks/rocketchat/rocketchat.ts";
import { describeChat } from "../../support/describe-chat.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { makeNotification } from "../../support/notifications.ts";
import { sendAnything } from "../../support/send-anything.ts";
import { startChat } from "../../vendors/chat-vendor.ts";
import { rocketchat as vendor } from "../../vendors/rocketchat.ts";

const Body = z.strictObject({
  channel: z.string().optional(),
  text: z.string().min(1).max(5000),
  attachments: z.array(z.strictObject({ color: z.string(), text: z.string().min(1).max(5000) })).optional(),
  parseUrls: z.literal(false),
});

describeChat(rocketchat, {
  vendor,
  options: ({ url }, secret) => ({ url: `${url}/hooks/id1/${secret.replaceAll("-", "")}` }),
  check: (body) => void Body.parse(JSON.parse(body)),
  states: {
    "wrong token": "broken",
    "wrong token, newer servers": "broken",
    "integration disabled": "transient",
    "channel missing": "broken",
    "channel archived": "broken",
    "refused with 200": "poison",
  },
  edits: false,
});

const hook = (url: string): string => `${url}/hooks/id1/token1`;

describe("a message to Rocket.Chat", () => {
  it("stays within every limit whatever an Event says", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(rocketchat, { url: hook(fake.url) });
    await sendAnything(sink, fake, { check: (body) => Body.parse(JSON.parse(body)) });
    await sink.close();
  });

  it("calls only whom the configuration names, and goes to the channel that it names", async () => {
    await using fake = await startChat(vendor);
    const { sink } = makeSink(rocketchat, {
      url: hook(fake.url),
      channel: "#ops",
      mentions: { warning: ["@all"] },
    });
    await sendOnce(sink, makeNotification());
    await sink.close();
    expect(fake.messages().map(({ place, pings }) => [place, pings])).toEqual([["#ops", ["@all"]]]);
  });

  it("waits as long as the limit says in words", async () => {
    await using fake = await startChat(vendor);
    const error =
      "Error, too many requests. Please slow down. You must wait 41 seconds before trying this endpoint again.";
    fake.answer({ status: 429, body: JSON.stringify({ success: false, error }) });
    const { sink } = makeSink(rocketchat, { url: hook(fake.url) });
    expect(await failureOfSending(sink)).toMatchObject({
      failure: "rate-limited",
      class: "transient",
      retryAfterMs: 41_000,
    });
    await sink.close();
  });

  it("is plain text after a refusal of its content", async () => {
    await using fake = await startChat(vendor);
    fake.script({ status: 400, body: '{"success":false,"error":"Invalid href value provided"}' });
    const { sink } = makeSink(rocketchat, { url: hook(fake.url) });
    await sendOnce(sink);
    await sink.close();
    const forms = fake.bodies().map((body) => Body.parse(JSON.parse(body)).attachments !== undefined);
    expect(forms).toEqual([true, false]);
  });

  it.each([
    [{ channel: "ops" }, /expected #channel/u],
    [{ mentions: { critical: ["all"] } }, /write @username/u],
  ])("refuses %j", (wrong, message) => {
    const { faults } = parseSink({ name: "ops", type: "rocketchat", url: { env: "URL" }, ...wrong }, [
      rocketchat,
    ]);
    expect(faults.map((fault) => fault.message).join()).toMatch(message);
  });
});
