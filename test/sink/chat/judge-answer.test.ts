import { describe, expect, it } from "vitest";

import { type AnswerRules, type ChatAnswer, judgeAnswer } from "../../../src/sink/chat/judge-answer.ts";

const NOW = Date.parse("2026-06-01T10:00:00Z");

/** Answers `yes`, or `no WORD SECONDS`. */
const RULES: AnswerRules = {
  vendor: "parrot",
  read: (_, { body }) => {
    if (body === "yes") return { says: "yes", ref: "7" };
    if (body === "already") return { says: "yes", whateverStatus: true };
    const [no, word, seconds] = body.split(" ");
    if (no !== "no") return undefined;
    return {
      says: "no",
      ...(word === undefined ? {} : { word, reason: "because" }),
      ...(seconds === undefined ? {} : { retryAfterMs: Number(seconds) * 1000 }),
    };
  },
  words: new Map([
    ["tired", { failure: "rate-limited", class: "transient", hint: "it sleeps", waitMs: 2000 }],
    ["message", { failure: "rejected", class: "poison", hint: "it is gone", lost: true }],
    ["dead", { failure: "gone", class: "broken", hint: "buy another one", scope: "sink" }],
  ]),
};

function judge(answer: Partial<ChatAnswer>) {
  const whole = { status: 200, headers: {}, body: "", complete: true, ...answer };
  return judgeAnswer(whole, RULES, { now: NOW, quote: ({ body }) => `“${body}”` });
}

describe("an answer", () => {
  it("that says yes brings the name of the message", () => {
    expect(judge({ body: "yes" })).toEqual({ accepted: true, ref: "7" });
  });

  it.each([
    ["nothing", "", "parrot answered 200: “”"],
    ["unknown words", "squawk", "parrot answered 200: “squawk”"],
  ])("below 300 with %s is an acceptance with a note", (_, body, note) => {
    expect(judge({ body })).toEqual({ accepted: true, note });
  });

  it("that breaks off below 300 is an acceptance", () => {
    expect(judge({ body: "ye", complete: false })).toEqual({
      accepted: true,
      note: "parrot answered 200 and broke off",
    });
  });

  it("that says yes with another status is a refusal by the status", () => {
    expect(judge({ status: 500, body: "yes" })).toMatchObject({ failure: { class: "transient" } });
  });

  it("that says yes whatever the status is an acceptance", () => {
    expect(judge({ status: 400, body: "already" })).toMatchObject({ accepted: true });
  });

  it("says that an earlier message is gone", () => {
    expect(judge({ status: 404, body: "no message" })).toMatchObject({ accepted: false, lost: true });
  });

  it("with 404 in unknown words says so too, unless somebody else answers", () => {
    const lost = (body: string, status = 404): unknown => {
      const verdict = judge({ status, body });
      return verdict.accepted ? undefined : [verdict.lost, verdict.failure.class];
    };
    expect(lost("no tomorrow")).toEqual([true, "broken"]);
    expect(lost("no tomorrow", 403)).toEqual([false, "broken"]);
    expect(lost("no dead")).toEqual([false, "broken"]);
    expect(lost("<html>not found")).toEqual([false, "broken"]);
    expect(lost("")).toEqual([false, "broken"]);
  });

  it("with a known word has its class, its hint and its reach", () => {
    expect(judge({ status: 400, body: "no dead" })).toMatchObject({
      accepted: false,
      lost: false,
      failure: {
        class: "broken",
        scope: "sink",
        message: "parrot answered 400 dead: buy another one: “because”",
      },
    });
  });

  it.each([
    ["its table", "no tired", {}, 2000],
    ["its body", "no tired 30", {}, 30_000],
    ["its header", "no tired", { "retry-after": "45" }, 45_000],
    ["the longer of both", "no tired 60", { "retry-after": "Mon, 01 Jun 2026 10:00:45 GMT" }, 60_000],
    ["at most 15 minutes", "no tired 99999", {}, 900_000],
  ])("that asks to wait is heard, by %s", (_, body, headers, expected) => {
    expect(judge({ body, headers })).toMatchObject({ failure: { retryAfterMs: expected } });
  });

  it("429 with a wait in its body waits so long", () => {
    expect(judge({ status: 429, body: "no slow 3" })).toMatchObject({
      failure: { class: "transient", failure: "rate-limited", retryAfterMs: 3000 },
    });
  });

  it("with an unknown word is a refusal of the message below 300, else what the status says", () => {
    expect(judge({ body: "no idea" })).toMatchObject({ failure: { class: "poison" } });
    expect(judge({ status: 403, body: "no idea" })).toMatchObject({
      failure: { class: "broken", message: "parrot answered 403 idea: “because”" },
    });
    expect(judge({ status: 404, body: "no idea 5" })).toMatchObject({ failure: { retryAfterMs: undefined } });
  });

  it("that is the word alone is not quoted beside it", () => {
    const rules: AnswerRules = { ...RULES, read: (_, { body }) => ({ says: "no", word: body }) };
    const answer = { status: 400, headers: {}, body: "squawk", complete: true };
    expect(judgeAnswer(answer, rules, { now: NOW, quote: ({ body }) => body })).toMatchObject({
      failure: { message: "parrot answered 400 squawk" },
    });
  });

  it("for people below 300 means that something else answers", () => {
    expect(judge({ body: "<!doctype html><title>Sign in</title>" })).toMatchObject({
      failure: { class: "broken", scope: "sink", message: expect.stringContaining("something else answers") },
    });
  });

  it("that redirects names the host", () => {
    expect(judge({ status: 302, headers: { location: "https://login.example/x" } })).toMatchObject({
      failure: {
        class: "broken",
        message: expect.stringMatching(/^parrot answered 302: .*login\.example,/u),
      },
    });
  });
});
