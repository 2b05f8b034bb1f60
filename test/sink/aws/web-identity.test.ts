import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { createScrubber } from "../../../src/lib/scrub.ts";
import { sqs } from "../../../src/sinks/sqs/sqs.ts";
import { failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { startReceiver } from "../../support/fake-receiver.ts";

const SENT = { status: 200, body: '{"Successful":[{"Id":"0"}]}' };
const ROLE = "arn:aws:iam::123456789012:role/tocsin";
const MINUTE_MS = 60_000;

/** The answer that STS documents for AssumeRoleWithWebIdentity. */
function lent(name: string, expiresAt: number): { readonly status: number; readonly body: string } {
  const credentials = [
    `<SessionToken>token-of-${name}</SessionToken>`,
    `<SecretAccessKey>secret-of-${name}</SecretAccessKey>`,
    `<Expiration>${new Date(expiresAt).toISOString()}</Expiration>`,
    `<AccessKeyId>ASIA${name}</AccessKeyId>`,
  ].join("");
  const result = `<SubjectFromWebIdentityToken>s</SubjectFromWebIdentityToken><Credentials>${credentials}</Credentials>`;
  const body = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>${result}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
  return { status: 200, body };
}

function refusal(code: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no &lt;no&gt;</Message></Error></ErrorResponse>`;
}

async function makeBed() {
  const [sts, queue] = [await startReceiver(), await startReceiver(SENT)];
  const directory = mkdtempSync(join(tmpdir(), "tocsin-irsa-"));
  const tokenFile = join(directory, "token");
  writeFileSync(tokenFile, "first-token");
  const clock = new FakeClock();
  const scrubber = createScrubber();
  const { sink } = makeSink(
    sqs,
    { queueUrl: `${queue.url}/123456789012/events`, region: "eu-central-1" },
    {
      clock,
      scrubber,
      env: {
        AWS_ROLE_ARN: ROLE,
        AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
        AWS_ENDPOINT_URL_STS: `${sts.url}/`,
      },
    },
  );
  return {
    sts,
    queue,
    clock,
    scrubber,
    sink,
    renewToken: (token: string) => writeFileSync(tokenFile, token),
    /** The key ids that signed the requests to the queue. */
    keys: () =>
      queue.requests.map(({ headers }) => /Credential=(\w+)/u.exec(headers["authorization"] ?? "")?.[1]),
    [Symbol.asyncDispose]: async () => {
      await sink.close();
      await Promise.all([sts.close(), queue.close()]);
      rmSync(directory, { recursive: true });
    },
  };
}

describe("the role of a service account", () => {
  it("is taken on once, with its token, and its key signs until shortly before its end", async () => {
    await using bed = await makeBed();
    const { clock, queue, sink, sts } = bed;
    sts.script(lent("A", clock.now() + 60 * MINUTE_MS), lent("B", clock.now() + 120 * MINUTE_MS));
    await sendOnce(sink);
    bed.renewToken("second-token");
    await clock.advance(54 * MINUTE_MS);
    await sendOnce(sink);
    expect(sts.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      {
        Action: "AssumeRoleWithWebIdentity",
        Version: "2011-06-15",
        RoleArn: ROLE,
        RoleSessionName: "tocsin-ops",
        WebIdentityToken: "first-token",
      },
    ]);
    await clock.advance(2 * MINUTE_MS);
    await sendOnce(sink);
    expect(new URLSearchParams(sts.requests[1]?.body).get("WebIdentityToken")).toBe("second-token");
    expect(bed.keys()).toEqual(["ASIAA", "ASIAA", "ASIAB"]);
    expect(queue.requests[2]?.headers["x-amz-security-token"]).toBe("token-of-B");
  });

  it("signs with the old key until its end while STS is away", async () => {
    await using bed = await makeBed();
    const { clock, sink, sts } = bed;
    sts.script(lent("A", clock.now() + 60 * MINUTE_MS));
    await sendOnce(sink);
    sts.fail();
    await clock.advance(57 * MINUTE_MS);
    await sendOnce(sink);
    expect(bed.keys()).toEqual(["ASIAA", "ASIAA"]);
    await clock.advance(3 * MINUTE_MS);
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient" });
  });

  it("is taken on anew after AWS refused its key", async () => {
    await using bed = await makeBed();
    const { clock, queue, sink, sts } = bed;
    sts.script(lent("A", clock.now() + 60 * MINUTE_MS), lent("B", clock.now() + 60 * MINUTE_MS));
    queue.script({ status: 403, body: '{"__type":"ExpiredTokenException","message":"expired"}' });
    expect(await failureOfSending(sink)).toMatchObject({ class: "broken", failure: "unauthorized" });
    await sendOnce(sink);
    expect(bed.keys()).toEqual(["ASIAA", "ASIAB"]);
  });

  it("keeps its key out of every text", async () => {
    await using bed = await makeBed();
    const { clock, scrubber, sink, sts } = bed;
    sts.script(lent("A", clock.now() + 60 * MINUTE_MS));
    await sendOnce(sink);
    const text = scrubber.scrub("first-token secret-of-A token-of-A");
    expect(text).not.toMatch(/first-token|secret-of-A|token-of-A/u);
  });

  it.each([
    [403, "AccessDenied", "broken", "unauthorized"],
    [400, "InvalidIdentityToken", "broken", "unauthorized"],
    [400, "ExpiredTokenException", "broken", "unauthorized"],
    [400, "IDPCommunicationError", "transient", "server"],
    [400, "Throttling", "transient", "rate-limited"],
  ])("takes %d %s as %s", async (status, code, expected, failure) => {
    await using bed = await makeBed();
    bed.sts.answer({ status, body: refusal(code) });
    const error = await failureOfSending(bed.sink);
    expect(error).toMatchObject({ class: expected, failure });
    expect(error.message).toMatch(new RegExp(`^STS answered ${code}.*: no <no>$`, "u"));
    expect(bed.queue.requests).toEqual([]);
  });

  it("is tried in a probe", async () => {
    await using bed = await makeBed();
    bed.sts.answer({ status: 403, body: refusal("AccessDenied") });
    await expect(bed.sink.probe?.(new AbortController().signal)).rejects.toMatchObject({ class: "broken" });
  });

  it("is not believed to be there when STS answers a page", async () => {
    await using bed = await makeBed();
    bed.sts.answer({ status: 200, body: "<html><title>Log in</title>" });
    const { class: kind, message } = await failureOfSending(bed.sink);
    expect([kind, message]).toEqual(["transient", "STS answered without a key"]);
  });
});
