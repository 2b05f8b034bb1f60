import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { replayRecording } from "../../../src/simulate/index.ts";
import { wholeText } from "../../../src/simulate/recording.ts";
import { present } from "../../../src/sink/index.ts";
import { toPayload, toReply } from "../../../src/sinks/slack/payload.ts";
import { toBlock } from "../../../src/sinks/stdout/block.ts";
import { INCIDENTS } from "../../simulate/incidents.ts";
import { loadBuiltinConfiguration } from "../../support/builtin-configuration.ts";
import { incidentRecording } from "../../support/incident-recording.ts";
import { consolePicture } from "./console-picture.ts";
import { slackPicture } from "./slack-picture.ts";

/** The incident of the pictures: a container that its memory limit kills, until somebody raises the limit. */
const INCIDENT = "oom-killed-then-raised";

/** Columns of the console. */
const WIDTH = 98;

async function messages() {
  const { policy } = await loadBuiltinConfiguration();
  const { messages: sent } = await replayRecording({
    file: `${INCIDENT}.jsonl`,
    chunks: wholeText(incidentRecording(INCIDENT, INCIDENTS[INCIDENT] ?? {})),
    policy,
    learnsOwners: true,
    eventTtlMs: 3_600_000,
    onFinding: ({ message }) => expect.fail(message),
  });
  return sent.map(({ at, notification }) => ({ at, shown: present(notification, at) }));
}

/** `07:25`, of epoch milliseconds. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

describe("the pictures of README and docs/sinks/slack.md", () => {
  it("are of a recorded incident, as the program tells it (UPDATE_DOCS=1 draws them)", async () => {
    const sent = await messages();
    expect(sent).toHaveLength(2);
    const [first, last] = sent;
    if (first === undefined || last === undefined) throw new Error("there is no message");
    const pictures = {
      "docs/pictures/slack.svg": slackPicture(toPayload(first.shown, [], first.at), timeOf(first.at)),
      "docs/pictures/slack-ended.svg": slackPicture(toPayload(last.shown, [], last.at), timeOf(first.at)),
      "docs/pictures/slack-reply.svg": slackPicture(toReply(last.shown, last.at), timeOf(last.at)),
      "docs/pictures/console.svg": consolePicture(
        sent.map(({ at, shown }) => toBlock(shown, at, { width: WIDTH, colour: false })),
      ),
    };
    for (const [path, svg] of Object.entries(pictures)) {
      if (process.env["UPDATE_DOCS"] === "1") {
        mkdirSync("docs/pictures", { recursive: true });
        writeFileSync(path, svg);
      }
      expect(readFileSync(path, "utf8")).toBe(svg);
    }
  });
});
