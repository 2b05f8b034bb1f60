import { setTimeout as sleep } from "node:timers/promises";

import type { Call, LineShape, ScriptedAnswer } from "../api-proxy.ts";
import { EMBEDDED, embedded, type Fault, type World } from "../world.ts";

/** Requests in so many milliseconds of the story are no storm of the bridge's own. */
const MOST_CALLS_PER_SECOND = 1;

/** A fault of the way to the API server for as long as it lasts. */
function lasting(
  name: string,
  rows: readonly number[],
  parts: {
    readonly mostMs?: number;
    readonly losesHistory?: boolean;
    readonly begin: (world: World, variant: number) => void | Promise<void>;
    readonly end: (world: World) => void | Promise<void>;
  },
): Fault {
  const { mostMs = 4000, losesHistory = false, begin, end } = parts;
  return {
    name,
    rows,
    track: "api",
    beds: EMBEDDED,
    mostMs,
    losesHistory,
    inject: async (world, { ms, variant }) => {
      await begin(world, variant);
      await sleep(ms);
      await end(world);
    },
  };
}

/** Another program answers requests. Streams that are open are cut, so that there are requests. */
function answered(
  name: string,
  rows: readonly number[],
  parts: {
    readonly losesHistory?: boolean;
    readonly answer: (variant: number) => (call: Call) => ScriptedAnswer | undefined;
  },
): Fault {
  let calls = 0;
  let since = 0;
  return lasting(name, rows, {
    losesHistory: parts.losesHistory === true,
    begin: (world, variant) => {
      const { proxy } = embedded(world);
      proxy.script = parts.answer(variant);
      proxy.cut();
      calls = proxy.calls;
      since = world.story.monotonic();
    },
    end: (world) => {
      const { proxy } = embedded(world);
      proxy.script = undefined;
      const seconds = (world.story.monotonic() - since) / 1000;
      const made = proxy.calls - calls;
      const streams = Math.max(1, world.schedule.namespaces.length);
      // Each stream may ask anew after each restart of the bridge, and its first waits are short.
      if (made > streams * (30 + seconds * MOST_CALLS_PER_SECOND))
        world.complain(`row 28: ${made} requests in ${Math.round(seconds)} s of ${name}`);
    },
  });
}

/** Lines of the watch are changed on their way. */
function shaped(name: string, rows: readonly number[], shape: (variant: number) => LineShape): Fault {
  return lasting(name, rows, {
    begin: (world, variant) => {
      embedded(world).proxy.shape = () => shape(variant);
    },
    end: (world) => {
      const { proxy } = embedded(world);
      proxy.shape = undefined;
      // A line that the shape still held would be missing in a stream that goes on, which no server does.
      proxy.cut();
    },
  });
}

function status(
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer {
  const reason =
    { 401: "Unauthorized", 403: "Forbidden", 410: "Expired", 429: "TooManyRequests" }[code] ??
    "InternalError";
  return {
    status: code,
    headers,
    body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason, message, code }),
  };
}

const RETRY_AFTER = ["0", "30", "", "Thu, 01 Jan 1970 00:00:00 GMT"] as const;

/** Torn and garbled lines. */
const GARBAGE = [
  "garbage",
  '{"type":"ADDED"}',
  "<html>",
  "[]",
  '{"type":"WHAT","object":{}}',
  "\u0000\u0001",
] as const;

/** Answers to a watch from a compacted position by servers and front ends that do not say 410. */
const REFUSALS: readonly ScriptedAnswer[] = [
  { status: 200, body: "" },
  { status: 0 },
  { status: 200, body: "<html>" },
  status(500, "etcdserver: mvcc: no"),
  { status: 502 },
];

/** Faults of the connection to the API server, and of the server itself. */
export const API_FAULTS: readonly Fault[] = [
  {
    name: "api-cut",
    rows: [3],
    track: "api",
    beds: EMBEDDED,
    mostMs: 0,
    inject: async (world) => embedded(world).proxy.cut(),
  },
  lasting("api-down", [3], {
    begin: (world) => embedded(world).proxy.close(),
    end: (world) => embedded(world).proxy.open(),
  }),
  lasting("api-restart", [4], {
    mostMs: 1000,
    begin: async (world) => {
      const { api, proxy } = embedded(world);
      api.endStreams();
      await sleep(5);
      await proxy.close();
    },
    end: (world) => embedded(world).proxy.open(),
  }),
  lasting("api-frozen", [5, 6], {
    begin: (world) => embedded(world).proxy.freeze(),
    end: (world) => embedded(world).proxy.thaw(),
  }),
  lasting("api-compacted", [7, 10], {
    mostMs: 2500,
    losesHistory: true,
    begin: async (world) => {
      await embedded(world).proxy.close();
    },
    end: async (world) => {
      const { api, proxy } = embedded(world);
      api.compact();
      await proxy.open();
    },
  }),
  {
    name: "position-refused",
    rows: [8],
    track: "api",
    beds: EMBEDDED,
    mostMs: 2500,
    losesHistory: true,
    inject: async (world, { ms, variant }) => {
      const { api, proxy } = embedded(world);
      await proxy.close();
      await sleep(ms);
      const { revision } = api.stats();
      api.compact();
      // For good: no healing makes the server say 410.
      proxy.nature = ({ kind, resourceVersion }) =>
        kind === "watch" && Number(resourceVersion) < revision && revision <= api.stats().revision
          ? REFUSALS[variant % REFUSALS.length]
          : undefined;
      await proxy.open();
    },
  },
  answered("gone-status", [8], {
    losesHistory: true,
    answer: () => (call) => (call.kind === "watch" ? status(410, "too old resource version") : undefined),
  }),
  answered("gone-pages", [8], {
    losesHistory: true,
    answer: () => (call) => {
      if (call.kind === "watch") return status(410, "too old resource version");
      return call.kind === "page" ? status(410, "The provided continue parameter is too old") : undefined;
    },
  }),
  answered("prevkv", [9], {
    losesHistory: true,
    answer: () => (call) => {
      if (call.kind !== "watch") return undefined;
      const { body = "" } = status(500, "etcd event received with PrevKv=nil");
      return { status: 200, body: `{"type":"ERROR","object":${body}}\n` };
    },
  }),
  answered("api-busy", [28], {
    answer: (variant) => () => {
      const after = RETRY_AFTER[variant % RETRY_AFTER.length] ?? "";
      return status(variant % 3 === 0 ? 503 : 429, "later", after === "" ? {} : { "retry-after": after });
    },
  }),
  answered("api-forbidden", [29], { answer: () => () => status(403, "no") }),
  answered("api-html", [25], {
    answer: () => () => ({
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html>\n<body>Sign in\n</body>\n</html>\n",
    }),
  }),
  {
    name: "token-rotated",
    rows: [29],
    track: "api",
    beds: EMBEDDED,
    mostMs: 2000,
    inject: async (world, { ms, variant }) => {
      const bed = embedded(world);
      bed.token = `token-${variant}`;
      bed.proxy.script = ({ authorization }) =>
        authorization === `Bearer ${bed.token}` ? undefined : status(401, "Unauthorized");
      bed.proxy.cut();
      await sleep(ms);
      bed.handOut(bed.token);
      await sleep(ms);
      bed.proxy.script = undefined;
    },
  },
  {
    name: "restored",
    rewinds: true,
    rows: [11],
    track: "api",
    beds: EMBEDDED,
    mostMs: 2000,
    losesHistory: true,
    inject: async (world, { ms }) => {
      const { api, proxy } = embedded(world);
      const restore = api.snapshot();
      const snapshotAt = world.now();
      await sleep(ms);
      await proxy.close();
      restore();
      world.restored({ snapshotAt, at: world.now() });
      await proxy.open();
    },
  },
  {
    name: "restored-unseen",
    rewinds: true,
    rows: [12],
    track: "api",
    beds: EMBEDDED,
    mostMs: 2000,
    losesHistory: true,
    inject: async (world, { ms }) => {
      const restore = embedded(world).api.snapshot();
      const snapshotAt = world.now();
      await sleep(ms);
      restore();
      world.restored({ snapshotAt, at: world.now() });
    },
  },
  shaped("torn-line", [26, 3], (variant) => {
    let left = variant % 20;
    return (line, cut) => {
      left -= 1;
      if (left > 0) return `${line}\n`;
      left = 5 + (variant % 20);
      cut();
      return line.slice(0, variant % line.length);
    };
  }),
  shaped("garbage-line", [25], (variant) => {
    let left = variant % 10;
    return (line) => {
      left -= 1;
      if (left !== 0) return `${line}\n`;
      return `${GARBAGE[variant % GARBAGE.length] ?? ""}\n${line}\n`;
    };
  }),
  shaped("doubled-lines", [24], () => {
    let before = "";
    return (line) => {
      const text = `${line}\n${before}${line}\n`;
      before = `${line}\n`;
      return text;
    };
  }),
  shaped("shared-version", [13], (variant) => {
    // Two Events of one revision, as those that an expired lease takes with it, and the connection is cut between.
    let held = "";
    let left = 1 + (variant % 10);
    return (line, cut) => {
      left -= 1;
      if (left > 0) return `${line}\n`;
      if (held === "") {
        held = line;
        return "";
      }
      const version = /"resourceVersion":"\d+"/u.exec(line)?.[0] ?? "";
      const text = `${held.replace(/"resourceVersion":"\d+"/u, version)}\n`;
      held = "";
      left = 10;
      cut();
      return text;
    };
  }),
  lasting("small-chunks", [25], {
    begin: (world, variant) => {
      const { proxy } = embedded(world);
      proxy.chunkBytes = 1 + (variant % 7);
      proxy.shape = () => (line) => `\n${line.replaceAll(String.raw`\u2028`, "\u2028")}\r\n\n`;
    },
    end: (world) => {
      const { proxy } = embedded(world);
      proxy.chunkBytes = undefined;
      proxy.shape = undefined;
    },
  }),
  lasting("zipped", [27], {
    begin: (world) => {
      const { proxy } = embedded(world);
      proxy.gzip = true;
      proxy.cut();
    },
    end: (world) => {
      const { proxy } = embedded(world);
      proxy.gzip = false;
      proxy.cut();
    },
  }),
];
