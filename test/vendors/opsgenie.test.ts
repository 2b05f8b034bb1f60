import { describe, expect, it } from "vitest";

import { startChat } from "./chat-vendor.ts";
import { ask, describeVendor } from "./describe-vendor.ts";
import { opsgenie } from "./opsgenie.ts";

const KEY = "eb243592-faa2-4ba2-a551q-1afdf565c889";
const JSM = "/jsm/ops/integration/v2/alerts";
const headers = { authorization: `GenieKey ${KEY}` };
const request = (body: unknown, path = JSM) => ({ path, headers, body });
const refused = (errors: Readonly<Record<string, string>>) => ({
  status: 422,
  answer: { message: "Request body is not processable. Please check the errors.", errors },
});
const refusal = (status: number, message: string) => ({ status, answer: { message } });

describeVendor(opsgenie, {
  request: (body) => request(body),
  accepted: {
    // It has no alias, so that each is a further alert.
    "the smallest alert": { body: { message: "An example alert message" }, text: "An example alert message" },
    // https://docs.opsgenie.com/docs/alert-api#create-alert, without the actions of a console
    "the example of the page": {
      body: {
        message: "An example alert message",
        alias: "Life is too short for no alias",
        description: "Every alert needs a description",
        responders: [
          { id: "4513b7ea-3b91-438f-b7e4-e3e54af9147c", type: "team" },
          { name: "NOC", type: "team" },
          { username: "trinity@opsgenie.com", type: "user" },
          { name: "Nightwatch Schedule", type: "schedule" },
        ],
        tags: ["OverwriteQuietHours", "Critical"],
        details: { key1: "value1", key2: "value2" },
        entity: "An example entity",
        priority: "P1",
      },
      text: "An example alert message",
    },
    "the longest texts": {
      body: {
        message: "🔥".repeat(130),
        alias: "a".repeat(512),
        description: "d".repeat(15_000),
        details: { log: "l".repeat(8000 - '{"log":""}'.length) },
      },
      text: "🔥".repeat(130),
    },
  },
  refused: {
    "no JSON": { body: "{", ...refusal(400, "Body is not valid JSON") },
    "no message": { body: {}, ...refused({ message: "Message can not be empty." }) },
    "an empty message": { body: { message: " " }, ...refused({ message: "Message can not be empty." }) },
    "a message of 131": {
      body: { message: "m".repeat(131) },
      ...refused({ message: "Message should not exceed 130 characters." }),
    },
    "an alias of 513": {
      body: { message: "m", alias: "a".repeat(513) },
      ...refused({ alias: "Alias should not exceed 512 characters." }),
    },
    "a description of 15,001": {
      body: { message: "m", description: "d".repeat(15_001) },
      ...refused({ description: "Description should not exceed 15000 characters." }),
    },
    "details of 8,001": {
      body: { message: "m", details: { log: "l".repeat(7991) } },
      ...refused({ details: "Details should not exceed 8000 characters." }),
    },
    "details that are no texts": {
      body: { message: "m", details: { count: 7 } },
      ...refused({ details: "Details is not valid." }),
    },
    "21 tags": {
      body: { message: "m", tags: Array.from({ length: 21 }, () => "t") },
      ...refused({ tags: "Tags is not valid." }),
    },
    "a tag of 51": {
      body: { message: "m", tags: ["t".repeat(51)] },
      ...refused({ tags: "Tags should not exceed 50 characters." }),
    },
    "51 responders": {
      body: { message: "m", responders: Array.from({ length: 51 }, () => ({ type: "team", name: "NOC" })) },
      ...refused({ responders: "Responders is not valid." }),
    },
    "further texts that are too long": {
      body: {
        message: "m",
        entity: "e".repeat(513),
        source: "s".repeat(101),
        user: "u".repeat(101),
        note: "n".repeat(25_001),
      },
      ...refused({
        entity: "Entity should not exceed 512 characters.",
        source: "Source should not exceed 100 characters.",
        user: "User should not exceed 100 characters.",
        note: "Note should not exceed 25000 characters.",
      }),
    },
    "an end whose texts are too long": {
      request: request(
        { source: "s".repeat(101), user: "u".repeat(101), note: "n".repeat(25_001) },
        `${JSM}/web-1/close?identifierType=alias`,
      ),
      ...refused({
        source: "Source should not exceed 100 characters.",
        user: "User should not exceed 100 characters.",
        note: "Note should not exceed 25000 characters.",
      }),
    },
    "a priority of ours": {
      body: { message: "m", priority: "critical" },
      ...refused({ priority: "Priority is not valid." }),
    },
    "no key": { request: { path: JSM, body: { message: "m" } }, ...refusal(401, "Could not authenticate") },
    "a bearer token": {
      request: { path: JSM, headers: { authorization: `Bearer ${KEY}` }, body: { message: "m" } },
      ...refusal(401, "Could not authenticate"),
    },
    "a change of the message": {
      request: { ...request({ message: "m" }, `${JSM}/a/message?identifierType=alias`), method: "PUT" },
      ...refusal(404, "Not found"),
    },
  },
  states: {
    "wrong key": refusal(401, "Could not authenticate"),
    "no right to write": refusal(403, "You are not authorized to access this resource"),
    "key is wrong in form": refusal(422, "Key format is not valid!"),
    "account closed": refusal(402, "Your account is expired"),
    unavailable: refusal(503, "Service unavailable"),
  },
  limited: {
    requests: 60,
    seconds: 60,
    ...refusal(429, "You are making too many requests!"),
    headers: { "x-ratelimit-state": "THROTTLED", "x-ratelimit-period-in-sec": "60" },
  },
});

describe("the fake of opsgenie, beyond that,", () => {
  const close = (path: string) => request({ user: "Tocsin" }, path);

  it.each(["/v2/alerts", JSM])("keeps one alert for an alias, and closes it: %s", async (base) => {
    await using fake = await startChat(opsgenie);
    const { status, body } = await ask(fake, request({ message: "web-1 fails", alias: "shop/web 1" }, base));
    expect({ status, body }).toMatchObject({ status: 202, body: { result: "Request will be processed" } });
    await ask(fake, request({ message: "again", alias: "shop/web 1" }, base));
    expect(fake.messages()).toMatchObject([{ state: "open", text: "web-1 fails", edits: 1 }]);
    await ask(fake, close(`${base}/shop%2Fweb%201/close?identifierType=alias`));
    expect(fake.messages()).toMatchObject([{ state: "closed" }]);
    await ask(fake, request({ message: "web-1 fails", alias: "shop/web 1" }, base));
    expect(fake.messages()).toMatchObject([{ state: "closed" }, { state: "open" }]);
  });

  it("takes an alias for an id, and loses the end, unless it is told", async () => {
    await using fake = await startChat(opsgenie);
    await ask(fake, request({ message: "web-1 fails", alias: "web-1" }));
    expect((await ask(fake, close(`${JSM}/web-1/close`))).status).toBe(202);
    expect(fake.messages()).toMatchObject([{ state: "open" }]);
    expect(fake.losses()).toEqual(["no open alert with the id web-1"]);
  });

  it("knows its key", async () => {
    await using fake = await startChat(opsgenie, { secret: "another" });
    expect((await ask(fake, request({ message: "m" }))).status).toBe(401);
    fake.secret = KEY;
    expect((await ask(fake, request({ message: "m" }))).status).toBe(202);
  });
});
