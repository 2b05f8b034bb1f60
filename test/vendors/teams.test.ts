import type { IAdaptiveCard } from "@microsoft/teams.cards";
import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { teams } from "./teams.ts";

const FLOW = "/powerautomate/automations/direct/workflows/1c7e/triggers/manual/paths/invoke";
const PATH = `${FLOW}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc`;
const request = (body: unknown) => ({ path: PATH, body });
const attach = (content: unknown) => ({
  type: "message",
  attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
});
const card = (...body: readonly unknown[]) => ({ type: "AdaptiveCard", version: "1.4", body });
const text = (value: unknown) => ({ type: "TextBlock", text: value });
const lost = { status: 202, answer: "" };

describeVendor(teams, {
  request,
  accepted: {
    // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#send-adaptive-cards-using-an-incoming-webhook
    "the example of the page": {
      body: attach({
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.2",
        body: [
          {
            type: "TextBlock",
            text: "For Samples and Templates, see [https://adaptivecards.io/samples](https://adaptivecards.io/samples)",
          },
        ],
      } satisfies IAdaptiveCard),
      text: "For Samples and Templates, see [https://adaptivecards.io/samples](https://adaptivecards.io/samples)",
    },
    "each element that Tocsin may need": {
      body: attach({
        type: "AdaptiveCard",
        version: "1.5",
        msteams: { width: "full" },
        body: [
          {
            type: "Container",
            style: "attention",
            bleed: true,
            items: [{ type: "TextBlock", text: "web-1", weight: "Bolder", size: "Medium", wrap: true }],
          },
          { type: "FactSet", facts: [{ title: "Namespace", value: "shop" }] },
          {
            type: "ColumnSet",
            columns: [{ type: "Column", width: "stretch", items: [{ type: "TextBlock", text: "left" }] }],
          },
          { type: "CodeBlock", codeSnippet: "kubectl get pod", language: "Bash" },
        ],
        actions: [{ type: "Action.OpenUrl", title: "Runbook", url: "https://example.com" }],
      } satisfies IAdaptiveCard),
      text: "web-1\nNamespace\nshop\nleft\nkubectl get pod\nRunbook",
    },
  },
  refused: {
    "no JSON": { body: "{", status: 400, answer: { error: { code: "InvalidRequestContent" } } },
    "an address without its signature": {
      request: { path: FLOW, body: attach(card(text("t"))) },
      status: 401,
      answer: { error: { code: "DirectApiAuthorizationRequired" } },
    },
    "a question": {
      request: { method: "GET", path: PATH },
      status: 404,
      answer: { error: { code: "WorkflowNotFound" } },
    },
    "a bare card, later": { body: card(text("t")), ...lost },
    "another type of card, later": { body: attach({ ...card(text("t")), type: "MessageCard" }), ...lost },
    "a version of tomorrow, later": { body: attach({ ...card(text("t")), version: "1.9" }), ...lost },
    "an element that is none, later": { body: attach(card({ type: "Html", html: "t" })), ...lost },
    "a text that is a number, later": { body: attach(card(text(7))), ...lost },
    "a fact without a value, later": {
      body: attach(card({ type: "FactSet", facts: [{ title: "t" }] })),
      ...lost,
    },
    "a link without a scheme, later": {
      body: attach({ ...card(text("t")), actions: [{ type: "Action.OpenUrl", title: "t", url: "runbook" }] }),
      ...lost,
    },
    "seven buttons, later": {
      body: attach({
        ...card(text("t")),
        actions: Array.from({ length: 7 }, () => ({ type: "Action.OpenUrl", url: "https://example.com" })),
      }),
      ...lost,
    },
    "24,453 bytes, later": { body: attach(card(text("t".repeat(24_300)))), ...lost },
  },
  states: {
    "flow deleted": { status: 404, answer: { error: { code: "WorkflowNotFound" } } },
    "flow turned off": { status: 404, answer: { error: { code: "WorkflowTriggerIsNotEnabled" } } },
    "wrong signature": { status: 401, answer: { error: { code: "AuthorizationFailed" } } },
    "only for the tenant": { status: 401, answer: { error: { code: "DirectApiAuthorizationRequired" } } },
    "old connector throttled": { status: 200, answer: expect.stringContaining("HTTP error 429") },
    "old connector, card too large": { status: 200, answer: expect.stringContaining("HTTP error 413") },
  },
  limited: {
    requests: 4,
    seconds: 1,
    status: 429,
    answer: { statusCode: 429, message: "Rate limit is exceeded. Try again in 1 seconds." },
    headers: { "retry-after": "1" },
  },
});

describe("the fake of teams, beyond that,", () => {
  it.each([
    [card(text("t")), /'Send_each_adaptive_card' failed.*must be a valid array/u],
    [attach({ ...card(text("t")), type: "MessageCard" }), /^Property 'type' must be 'AdaptiveCard'/u],
    [attach(card(text("t".repeat(25_000)))), /^MessageSizeExceeded/u],
    [attach(card({ type: "Html" })), /^The card is not valid at content.body.0/u],
  ])("answers 202 and loses the message: %#", async (body, reason) => {
    await using fake = await startChat(teams);
    expect(await ask(fake, request(body))).toMatchObject({ status: 202, body: "" });
    expect(fake.losses()).toEqual([expect.stringMatching(reason)]);
  });

  it.each([
    { bytes: 24_262, kept: 1 },
    { bytes: 24_263, kept: 0 },
  ])("reckons how far a request of $bytes bytes grows", async ({ bytes, kept }) => {
    await using fake = await startChat(teams);
    const size = JSON.stringify(attach(card(text("")))).length;
    await ask(fake, request(attach(card(text("t".repeat(bytes - size))))));
    expect(fake.messages()).toHaveLength(kept);
  });

  it("pings whom the card names as an entity, never whom a text names", async () => {
    await using fake = await startChat(teams);
    const mention = { type: "mention", text: "<at>Ann</at>", mentioned: { id: "29:ann", name: "Ann" } };
    const shown = card(text("<at>Ann</at> <at>all</at>"));
    await ask(fake, request(attach(shown)));
    await ask(fake, request(attach({ ...shown, msteams: { entities: [mention] } })));
    expect(fake.messages().map(({ pings }) => pings)).toEqual([[], ["29:ann"]]);
  });
});
