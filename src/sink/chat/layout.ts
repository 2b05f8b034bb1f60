import { utcTime } from "../../lib/utc-time.ts";
import { CODE_SPAN, type Place, plainCode, type Presentation, spell } from "../present/index.ts";
import type { Dialect } from "./dialect.ts";
import { fit } from "./fit.ts";

/** The parts of a message in their order. */
const ORDER = [
  "headline",
  "facts",
  "cause",
  "text",
  "note",
  "evidence",
  "logs",
  "places",
  "next",
  "why",
] as const;
/** A part of a message: `next` are the command and the links. */
export type LayoutPart = (typeof ORDER)[number];

/**
 * The most that a part takes, as the receiver counts, and as a share of the whole message. They have room in this order, so that
 * what says most survives where there is little.
 */
const ROOM: ReadonlyMap<LayoutPart, readonly [most: number, share: number]> = new Map([
  ["headline", [500, 0.4]],
  ["facts", [400, 0.15]],
  ["cause", [400, 0.15]],
  ["note", [300, 0.1]],
  ["next", [2000, 0.35]],
  ["text", [1200, 0.35]],
  ["evidence", [2400, 0.4]],
  ["places", [2200, 0.4]],
  ["why", [800, 0.15]],
  ["logs", [1500, 0.4]],
]);

type Rooms = readonly (readonly [LayoutPart, readonly [most: number, share: number]])[];

function sumOfShares(rooms: Rooms): number {
  return rooms.reduce((sum, [, [, share]]) => sum + share, 0);
}

const ALL_SHARES = sumOfShares([...ROOM]);

/** Settings of a layout. */
export interface LayoutOptions {
  readonly dialect: Dialect;
  /** The most that all of it may measure, as the dialect counts. */
  readonly limit: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The parts to write. Left out: all. */
  readonly only?: readonly LayoutPart[];
  /** Parts that stand elsewhere. Left out: none. */
  readonly without?: readonly LayoutPart[];
  /** Markup of the configuration behind the headline, never from an Event. Left out: none. */
  readonly mentions?: readonly string[];
}

/** A part writes itself into the given room, or answers "". */
type Write = (shown: Presentation, room: number, options: LayoutOptions) => string;

/** The whole message, or its parts, as one text in the markup of a receiver, within its limit. */
export function layOut(shown: Presentation, options: LayoutOptions): string {
  const { dialect, limit, only = ORDER, without = [] } = options;
  const glue = dialect.measure(dialect.lineBreak);
  const written = new Map<LayoutPart, string>();
  const wanted = [...ROOM].filter(([part]) => only.includes(part) && !without.includes(part));
  // Parts that are written without the others share the room of all.
  const scale = ALL_SHARES / sumOfShares(wanted);
  let left = limit;
  for (const [part, [most, share]] of wanted) {
    const room = Math.floor(Math.min(1, share * scale) * limit);
    const markup = WRITERS[part](shown, Math.min(most, room, left), options);
    if (markup === "") continue;
    written.set(part, markup);
    left -= dialect.measure(markup) + glue;
  }
  return ORDER.flatMap((part) => written.get(part) ?? []).join(dialect.lineBreak);
}

const WRITERS: Readonly<Record<LayoutPart, Write>> = {
  headline,
  facts,
  cause: ({ cause }, room, { dialect }) => fit(cause, room, dialect.text, dialect.measure),
  text: ownText,
  note: ({ note }, room, { dialect }) => fit(note, room, dialect.text, dialect.measure),
  evidence: ({ evidence }, room, { dialect }) => fit(evidence, room, dialect.fence, dialect.measure),
  logs: ({ logs }, room, { dialect }) => fit(logs, room, dialect.fence, dialect.measure),
  places,
  next,
  why: ({ why }, room, { dialect }) => fit(why.join(" · "), room, dialect.text, dialect.measure),
};

/** `🔴 **critical · Node is not ready: node-3** — prod-eu1 @ops`. Mentions take no room from the words. */
function headline(shown: Presentation, room: number, options: LayoutOptions): string {
  const { dialect, limit, mentions = [] } = options;
  const called = mentions.map((mention) => ` ${mention}`).join("");
  const cluster = fit(shown.cluster, Math.min(80, room / 4), dialect.text, dialect.measure);
  const frame = (text: string): string =>
    `${shown.sign} ${dialect.bold(text)}${cluster === "" ? "" : ` — ${cluster}`}${called}`;
  return fit(shown.headline, Math.min(room + dialect.measure(called), limit), frame, dialect.measure);
}

function facts({ facts: words }: Presentation, room: number, { dialect, now }: LayoutOptions): string {
  const utc = (at: number, precision: "seconds" | undefined): string => utcTime(at, now, precision);
  const instant = (at: number, precision: "seconds" | undefined): string =>
    Number.isNaN(at) || dialect.instant === undefined
      ? dialect.text(utc(at, precision))
      : dialect.instant(at, now, precision);
  const whole = spell(words, { text: dialect.text, instant });
  if (dialect.measure(whole) <= room) return whole;
  return fit(spell(words, { instant: utc }), room, dialect.text, dialect.measure);
}

/** With the code between its backticks as code; where that is too long, without them. */
function ownText({ text }: Presentation, room: number, { dialect }: LayoutOptions): string {
  const whole = text
    .split(CODE_SPAN)
    .map((part, index) => (index % 2 === 0 ? dialect.text(part) : dialect.code(part)))
    .join("");
  if (dialect.measure(whole) <= room) return whole;
  return fit(plainCode(text), room, dialect.text, dialect.measure);
}

/** As many places as have room, and the number of the others. */
function places({ places: all }: Presentation, room: number, { dialect }: LayoutOptions): string {
  const lines = all.shown.map((place) => placeLine(place, dialect));
  for (let count = lines.length; count > 0; count--) {
    const others = all.omitted + lines.length - count;
    const rest = others > 0 ? [`and ${others} more`] : [];
    const markup = [...lines.slice(0, count), ...rest].join(dialect.lineBreak);
    if (dialect.measure(markup) <= room) return markup;
  }
  return "";
}

/** `• critical · Deployment/web in shop · 57 times on 3 pods · exit 1`. */
function placeLine({ mark, name, extent, cause }: Place, { text, code }: Dialect): string {
  const parts = [text(mark), code(name), text(extent), text(cause)];
  return `• ${parts.filter((part) => part !== "").join(" · ")}`;
}

/** The command and as many links as have room. */
function next({ command, links }: Presentation, room: number, { dialect }: LayoutOptions): string {
  const all = [
    ...(command === undefined ? [] : [dialect.code(command)]),
    ...links.map(({ label, url }) => dialect.link(label, url)),
  ];
  return all.reduce((line, more) => {
    const longer = line === "" ? more : `${line} · ${more}`;
    return dialect.measure(longer) <= room ? longer : line;
  }, "");
}
