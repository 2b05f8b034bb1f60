import { expect } from "vitest";

import { slack } from "../../../src/sink/builtin/slack.ts";
import { validateSlackPayload } from "../../support/block-kit.ts";
import { describeSink } from "../../support/describe-sink.ts";
import { startReceiver } from "../../support/fake-receiver.ts";

describeSink(slack, {
  receiver: () => startReceiver({ status: 200, body: "ok" }),
  options: ({ url }, secret) => ({ url: `${url}/services/${secret}` }),
  check: (body) => {
    expect(validateSlackPayload(JSON.parse(body))).toEqual([]);
    expect(body.replaceAll(/<!date\^[^>]*>/gu, "")).not.toMatch(/<[!@#]/u);
  },
});
