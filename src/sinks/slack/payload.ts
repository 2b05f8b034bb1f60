import type { IncomingWebhookSendArguments } from "@slack/webhook";

import { utcTime } from "../../lib/utc-time.ts";
import { COLOURS, plainCode, type Presentation, spell } from "../../sink/index.ts";
import { code, dateToken, escape, fence, link, withCode } from "./mrkdwn.ts";

/**
 * Code units of each part after escaping. Slack refuses a section beyond 3,000 and, undocumented, a message whose texts
 * have more than about 12,000 together (slackapi/bolt-js#2509, #2867): these add up to less than 10,000.
 */
const LIMITS = {
  headline: 400,
  facts: 400,
  cause: 400,
  text: 1200,
  note: 300,
  evidence: 2400,
  /** Taken from the evidence. */
  logs: 1500,
  place: 130,
  extent: 50,
  placeCause: 170,
  next: 2000,
  why: 800,
} as const;
/** The budget of a message without blocks. */
const PLAIN = { headline: 400, text: 1600 } as const;

/** Slack must not find names and addresses in our texts. `parse` is missing from the package's types. */
export const INERT = { link_names: false, unfurl_links: false, unfurl_media: false, parse: "none" } as const;

/** The body of a post to an incoming webhook. */
export type SlackPayload = IncomingWebhookSendArguments & { readonly text: string };

/**
 * The whole message: the headline as text, which is also the phone notification, and everything else beside a coloured
 * bar.
 *
 * @param mentions Tokens from the configuration, never from an Event.
 */
export function toPayload(shown: Presentation, mentions: readonly string[], now: number): SlackPayload {
  const blocks = [
    section(wordsOf(shown, now)),
    section(fence(shown.evidence, shown.logs === "" ? LIMITS.evidence : LIMITS.evidence - LIMITS.logs)),
    section(fence(shown.logs, LIMITS.logs)),
    section(places(shown)),
    context(next(shown)),
    context(escape(shown.why.join(" · "), LIMITS.why)),
  ].filter((block) => block !== undefined);
  return {
    ...INERT,
    text: headline(shown, mentions),
    attachments: [barOf(shown, blocks)],
  };
}

/** The same without blocks, for a receiver that refuses them: plainer, but as true. */
export function toPlainPayload(shown: Presentation, mentions: readonly string[], now: number): SlackPayload {
  const body = joinLines([
    factsLine(shown, now),
    escape(shown.cause, LIMITS.cause),
    fence(shown.evidence === "" ? plainCode(shown.text) : shown.evidence, PLAIN.text),
    escape(shown.note, LIMITS.note),
    shown.command === undefined ? "" : code(shown.command, LIMITS.facts),
    escape(shown.why.join(" · "), LIMITS.facts),
  ]);
  return { ...INERT, text: joinLines([headline(shown, mentions), body]) };
}

/** The news of a group whose parent is above, with less of what is known already. */
export function toReply(shown: Presentation, now: number): SlackPayload {
  const blocks = [section(wordsOf(shown, now)), section(places(shown))].filter(
    (block) => block !== undefined,
  );
  const text = headline(shown, []);
  if (blocks.length === 0) return { ...INERT, text };
  return { ...INERT, text, attachments: [barOf(shown, blocks)] };
}

/** A line for a reply that is shown in the channel as well, where Slack shows no attachments of it. */
export function toBroadcast(shown: Presentation, mentions: readonly string[], now: number): SlackPayload {
  const words = wordsOf(shown, now).replaceAll("\n", " · ");
  return { ...INERT, text: [headline(shown, mentions), words].filter((part) => part !== "").join(" · ") };
}

/** A parent that told several groups, when the last of them has ended. */
export function toSharedEnd(shown: Presentation, title: string): SlackPayload {
  const ended: Presentation = { ...shown, headline: `Resolved: ${title}` };
  const block = section("All of it has ended. The thread below says how.");
  return {
    ...INERT,
    text: headline(ended, []),
    attachments: [barOf(ended, block === undefined ? [] : [block])],
  };
}

/** A parent whose problem is told elsewhere from now on. @param url Of the newer message; undefined when unknown. */
export function toElsewhere(url: string | undefined): SlackPayload {
  const where = url === undefined ? "in a newer message" : link("in a newer message", url);
  const text = `⚪ *Goes on ${where}*`;
  const why = context("this message shows the state of then no longer");
  return {
    ...INERT,
    text,
    attachments: [
      {
        color: COLOURS.quiet,
        fallback: "Goes on in a newer message",
        blocks: why === undefined ? [] : [why],
      },
    ],
  };
}

/** The last words in a thread whose problem got worse, or began anew. @param url As for `toElsewhere`. */
export function toReferral(url: string | undefined): SlackPayload {
  const where = url === undefined ? "a newer message" : link("a newer message", url);
  return { ...INERT, text: `Goes on in ${where}.` };
}

function wordsOf(shown: Presentation, now: number): string {
  return joinLines([
    factsLine(shown, now),
    escape(shown.cause, LIMITS.cause),
    withCode(shown.text, LIMITS.text),
    escape(shown.note, LIMITS.note),
  ]);
}

type Bar = NonNullable<IncomingWebhookSendArguments["attachments"]>[number];

function barOf(shown: Presentation, blocks: Bar["blocks"]): Bar {
  const fallback = escape(shown.headline, LIMITS.headline);
  return { color: COLOURS[shown.state], fallback, ...(blocks === undefined ? {} : { blocks }) };
}

/** `🔴 *critical · Node is not ready: node-3* — prod-eu1`. */
function headline(shown: Presentation, mentions: readonly string[]): string {
  const text = escape(shown.headline, LIMITS.headline - 100);
  const cluster = escape(shown.cluster, 80);
  return [`${shown.sign} *${text}*${cluster === "" ? "" : ` — ${cluster}`}`, ...mentions].join(" ");
}

function factsLine(shown: Presentation, now: number): string {
  return spell(shown.facts, {
    text: (text) => escape(text, LIMITS.facts),
    instant: (at, precision) => dateToken(at, now, { precision, fallback: utcTime(at, now, precision) }),
  });
}

function places({ places: { shown, omitted } }: Presentation): string {
  const lines = shown.map(({ mark, name, extent, cause }) => {
    const parts = [
      escape(mark),
      code(name, LIMITS.place),
      escape(extent, LIMITS.extent),
      escape(cause, LIMITS.placeCause),
    ];
    return `• ${parts.filter((part) => part !== "").join(" · ")}`;
  });
  return joinLines([...lines, omitted > 0 ? `and ${omitted} more` : ""]);
}

/** The command and as many links as fit. */
function next({ command, links }: Presentation): string {
  const parts = command === undefined ? [] : [code(command, LIMITS.facts)];
  for (const { label, url } of links) {
    const more = link(label, url);
    if ([...parts, more].join(" · ").length <= LIMITS.next) parts.push(more);
  }
  return parts.join(" · ");
}

/** `verbatim` keeps Slack from making links of addresses and names in the text. */
function section(text: string) {
  return text === ""
    ? undefined
    : { type: "section" as const, text: { type: "mrkdwn" as const, text, verbatim: true } };
}

function context(text: string) {
  return text === ""
    ? undefined
    : { type: "context" as const, elements: [{ type: "mrkdwn" as const, text, verbatim: true }] };
}

function joinLines(lines: readonly string[]): string {
  return lines.filter((line) => line !== "").join("\n");
}
