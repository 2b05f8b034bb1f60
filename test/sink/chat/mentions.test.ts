import { describe, expect, it } from "vitest";

import { check } from "../../../src/lib/schema.ts";
import { mentionsOf, mentionsOption } from "../../../src/sink/chat/mentions.ts";
import { makeNotification } from "../../support/notifications.ts";

const MENTIONS = { critical: ["@a"], warning: ["@b"] };

describe("mentions", () => {
  it("are those of the severity, of firing messages alone", () => {
    expect(mentionsOf(MENTIONS, makeNotification({ severity: "critical" }))).toEqual(["@a"]);
    expect(mentionsOf(MENTIONS, makeNotification({ severity: "info" }))).toEqual([]);
    expect(mentionsOf(MENTIONS, makeNotification({ status: "resolved", kind: "resolved" }))).toEqual([]);
    expect(mentionsOf(MENTIONS, makeNotification({ test: true }))).toEqual([]);
    expect(mentionsOf(undefined, makeNotification())).toEqual([]);
  });

  it("have the form of their chat", () => {
    const option = mentionsOption(/^@[a-z]+$/u, "write @name");
    expect(check(option, undefined).value).toEqual({});
    expect(check(option, MENTIONS).faults).toEqual([]);
    const { faults } = check(option, { critical: ["everyone"] });
    expect(faults.map(({ message }) => message)).toEqual(['not a mention: "everyone" (write @name)']);
  });
});
