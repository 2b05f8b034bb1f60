import { expect } from "vitest";

import { webhook } from "../../../src/sink/builtin/webhook.ts";
import { describeSink } from "../../support/describe-sink.ts";
import { startReceiver } from "../../support/fake-receiver.ts";

describeSink(webhook, {
  receiver: () => startReceiver(),
  options: ({ url }, secret) => ({ url: `${url}/${secret}`, signing: { secrets: [`${secret}-${secret}`] } }),
  check: (body, text) => {
    expect(JSON.parse(body)).toMatchObject({ version: "1", title: text.toWellFormed() });
  },
});
