import { describe, expect, it } from "vitest";

import { stdout } from "../../../src/sink/builtin/stdout.ts";
import { createSink, parseSink } from "../../../src/sink/index.ts";
import { present } from "../../../src/sink/present/index.ts";
import { toBlock } from "../../../src/sink/stdout/block.ts";
import { describeSink, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeNotification, makeNotificationOf, makeRecord } from "../../support/notifications.ts";
import { STORIES, toldAt } from "../present/stories.ts";

/** What a terminal obeys: controls but for the line feed, and what turns the reading direction. */
const LIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
