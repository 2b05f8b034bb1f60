import { isMapping } from "../../lib/mapping.ts";
import { knownAddress } from "../known-address.ts";
import type { Path } from "../place.ts";
import type { ReportCode, ReportLine } from "../report.ts";
import { type Handler, HANDLER_KEYS, textOf } from "./handlers.ts";

/** Says one thing about the value at a path of the configuration. */
export type Say = (
  code: ReportCode,
  path: Path,
  words: Pick<ReportLine, "did" | "written" | "decide">,
) => void;

/** Resources that are Events: of events.k8s.io, and of core/v1. */
export const OF_EVENTS: ReadonlySet<string> = new Set(["event", "coreevent"]);

/** Says what it watched, and what of that are Events. */
export function resourceLines(watched: readonly string[], say: Say): void {
  const objects = watched.filter((kind) => !OF_EVENTS.has(kind));
  const events = watched.filter((kind) => OF_EVENTS.has(kind));
  if (objects.length > 0)
    say("objects-not-events", ["resource"], {
      did: `it told when ${objects.join(", ")} were created, updated or deleted`,
      written: "nothing: Tocsin does not watch objects; what goes wrong with them is in their Events",
      decide: "take the rules that ship, which stand in a comment",
    });
  if (events.length === 0)
    say("nothing-of-events", ["resource"], {
      did: "it did not look at Events",
      written: "a forward that never matches, so that the configuration can be loaded",
      decide: "take the rules that ship, which stand in a comment",
    });
  else
    say("created-updated-deleted", ["resource"], {
      did: `it told that an object of ${events.join(" and ")} was created, updated or deleted, also when Events ran out`,
      written: "each Event by its content; the end of an Event says nothing",
      decide: "",
    });
}

/** Says which keys of handlers it does not know. */
export function keyLines(handlers: unknown, say: Say): void {
  for (const [name, options] of Object.entries(isMapping(handlers) ? handlers : {}))
    for (const key of isMapping(options) ? Object.keys(options) : [])
      if (HANDLER_KEYS[name]?.includes(key) !== true)
        say("unknown-key", ["handler", name, key], {
          did: `it does not know ${key}, and read over it`,
          written: "nothing",
          decide: "leave it out",
        });
}

/** Says what its handler did. */
export function handlerLines(
  { name, options }: Handler,
  { say, hasEqual, delivers }: { readonly say: Say; readonly hasEqual: boolean; readonly delivers: boolean },
): void {
  if (!hasEqual)
    say("no-equal-sink", ["handler", name], {
      did: `it sent to ${name}`,
      written: "nothing",
      decide: name === "smtp" ? "write a sink of type email (docs/sinks/email.md)" : "choose another sink",
    });
  if (name === "slack" && textOf(options["channel"]) === "")
    say("channel-empty", ["handler", "slack", "channel"], {
      did: "the channel is empty, for # begins a comment in YAML",
      written: 'channel: "#a-channel"',
      decide: "write the channel, in quotes",
    });
  if (name !== "webhook") return;
  if (knownAddress(textOf(options["url"]), "")?.type === "slack")
    say("webhook-body-not-for-slack", ["handler", "webhook", "url"], {
      did: "its body is no message of Slack, which refused every one",
      written: "a sink of type slack, in the comment",
      decide: "",
    });
  else if (delivers)
    say("text-is-name-only", ["handler", "webhook"], {
      did: "the text had the name of the Event, and nothing of what it says",
      written: "the whole Event",
      decide: "",
    });
}
