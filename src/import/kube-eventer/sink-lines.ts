import { knownAddress } from "../known-address.ts";
import { variablesIn } from "../variables.ts";
import { EQUAL_KINDS } from "./equal-kinds.ts";
import type { SayOfSink } from "./say-of-sink.ts";
import type { SinkArgument } from "./sink-argument.ts";
import { sinkMatch } from "./sink-match.ts";

/** Says what a sink did that nobody would expect of it. */
export function sinkLines(argument: SinkArgument, say: SayOfSink): void {
  const { kind, address, query, options } = argument;
  if (!EQUAL_KINDS.has(kind))
    say("no-equal-sink", {
      did: `it wrote to ${kind}`,
      written: "nothing; what it got stands in a comment",
      decide: "send to a bridge such as Vector by a webhook, and let it write there",
    });
  const variables = variablesIn(`${address}?${query}`);
  if (variables.length > 0)
    say("env", {
      did: `parts came from ${variables.map((name) => `$${name}`).join(", ")}`,
      written: "no variable is replaced inside of a text here",
      decide: "write the values, or put the whole secret into its file",
    });
  for (const text of sinkMatch(argument).invalid)
    say("regex-invalid", {
      did: `${JSON.stringify(text)} does not compile, so it never matched`,
      written: "nothing of it",
      decide: "correct it",
    });
  if (kind === "webhook") webhookLines({ address, query, options }, say);
}

function webhookLines(
  { address, query, options }: Pick<SinkArgument, "address" | "query" | "options">,
  say: SayOfSink,
): void {
  if (/\?level=/u.test(query) && !options.has("level"))
    say("level-not-read", {
      did: "level stands behind a second question mark, so it is part of the value before it and is not read",
      written: "no condition on the type, as before",
      decide: "type: Warning, if that was meant",
    });
  if (options.has("custom_body_configmap")) {
    say("body-is-text", {
      did: "the body was a text of a ConfigMap, and broken JSON where a value had a line break",
      written: "the sink makes the body",
      decide: "put words that you want to keep into title and text of the rule",
    });
    say("quotes-removed", {
      did: "quotation marks were removed from messages, so that the text stayed JSON",
      written: "messages as they are",
    });
  } else if (knownAddress(address, "")?.type === "wecom")
    say("body-not-for-wecom", {
      did: "the usual body is no message of WeCom, which refused it",
      written: "the sink wecom, which makes one",
    });
}
