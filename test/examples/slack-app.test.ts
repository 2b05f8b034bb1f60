import { readFileSync } from "node:fs";

import { expect, it } from "vitest";
import { parse } from "yaml";

import { BotBed, STORY } from "../sinks/slack/bot-bed.ts";

it("the manifest of the Slack app asks for the scopes with which the sink works, and no more", async () => {
  const manifest: unknown = parse(readFileSync("examples/slack-app/slack-app.yaml", "utf8"));
  const scopes = ["chat:write", "chat:write.public"];
  expect(manifest).toMatchObject({
    features: { bot_user: { display_name: "Tocsin" } },
    oauth_config: { scopes: { bot: scopes } },
    settings: { socket_mode_enabled: false, interactivity: { is_enabled: false } },
  });
  await using bed = await BotBed.open({}, { scopes, channels: [{ name: "ops", member: false }] });
  await bed.deliver(STORY.firing);
  await bed.deliver(STORY.resolved);
  expect(bed.fake.messages()[0]?.text).toMatch(/^🟢/u);
});
