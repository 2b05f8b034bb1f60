// The yardstick of the benchmarks: what one writes in an hour instead of running Tocsin. Lists and watches the Events of an
// API server, keeps those whose field has a value, and sends one request for each, eight at once. It remembers nothing: a
// restart begins with what comes then.
//
//   bare-loop.mjs API-SERVER RECEIVER FIELD=VALUE
//
// $TOKEN is sent to the API server when it is set; $NODE_EXTRA_CA_CERTS names its certificate authority.
import { setTimeout as sleep } from "node:timers/promises";

const AT_ONCE = 8;
const ATTEMPTS = 5;
const WATCH_SECONDS = 300;

const [, , server = "", receiver = "", filter = ""] = process.argv;
const [field = "", wanted] = filter.split("=");
const token = process.env["TOKEN"];
const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };

let free = AT_ONCE;
const waiting = [];

async function acquire() {
  if (free > 0) free -= 1;
  else await new Promise((resolve) => waiting.push(resolve));
}

function release() {
  const next = waiting.shift();
  if (next === undefined) free += 1;
  else next();
}

async function send(event) {
  const body = JSON.stringify({ cluster: "bench", event });
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const answer = await fetch(receiver, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        await answer.arrayBuffer();
        if (answer.ok) return;
        console.error(`the receiver answered ${answer.status}`);
      } catch (error) {
        console.error(error);
      }
      await sleep(1000 * attempt);
    }
  } finally {
    release();
  }
}

/** Every Event there is; answers the version to watch from. */
async function list() {
  let more = "";
  for (;;) {
    const query = more === "" ? "limit=500" : `limit=500&continue=${encodeURIComponent(more)}`;
    const answer = await fetch(`${server}/api/v1/events?${query}`, { headers });
    if (!answer.ok) throw new Error(`the list was answered with ${answer.status}`);
    const { metadata } = await answer.json();
    more = metadata.continue ?? "";
    if (more === "") return metadata.resourceVersion;
  }
}

/** Reads one watch to its end; answers the version to go on from, undefined when everything must be listed again. */
async function watch(from) {
  const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${from}`;
  const answer = await fetch(`${server}/api/v1/events?${query}`, { headers });
  if (!answer.ok) return undefined;
  console.log("watching");
  let version = from;
  let rest = "";
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const { type, object } = JSON.parse(line);
      if (type === "ERROR") return undefined;
      version = object.metadata.resourceVersion;
      if (type === "BOOKMARK" || type === "DELETED" || object[field] !== wanted) continue;
      await acquire();
      void send(object);
    }
  }
  return version;
}

let version;
for (;;) {
  try {
    version = await watch(version ?? (await list()));
  } catch (error) {
    console.error(error);
    await sleep(1000);
  }
}
