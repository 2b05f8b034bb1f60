/** A text after its markup is taken away, or the words in which Telegram refuses the markup. */
export type Parsed =
  | { readonly text: string; readonly users: readonly string[] }
  | { readonly fault: string };

/** https://core.telegram.org/bots/api#html-style */
const TAGS = new Set(
  "a b strong i em s strike del u ins tg-spoiler tg-emoji tg-time span pre code blockquote".split(" "),
);

/** The four entities that have names: https://core.telegram.org/bots/api#html-style */
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

const TAG = /^<(?<end>\/?)(?<name>[^\s>]*)(?<attributes>(?:"[^"]*"|'[^']*'|[^>"'])*)>/u;
const ATTRIBUTE = /^\s*(?<name>[^\s=]*)\s*(?:=\s*(?<value>"[^"]*"|'[^']*'|[A-Za-z\d.-]*(?=\s|$)))?/u;

/**
 * Reads HTML as Telegram does, with its words: `parse_html` in
 * https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp and the cases of its test.
 */
export function parseHtml(html: string): Parsed {
  const open: string[] = [];
  const users: string[] = [];
  let text = "";
  for (let at = 0; at < html.length;) {
    const rest = html.slice(at);
    const offset = `at byte offset ${Buffer.byteLength(html.slice(0, at))}`;
    const [plain = ""] = /^[^<]*/u.exec(rest) ?? [];
    if (plain !== "") {
      text += decode(plain);
      at += plain.length;
      continue;
    }
    const { [0]: whole, groups = {} } = TAG.exec(rest) ?? {};
    const isEnd = rest.startsWith("</");
    if (isEnd && open.length === 0) return { fault: `Unexpected end tag ${offset}` };
    if (whole === undefined) return { fault: unclosed(rest, offset) };
    const name = (groups["name"] ?? "").replace(/^\//u, "").toLowerCase();
    if (isEnd) {
      const expected = open.pop() ?? "";
      if (name !== "" && name !== expected)
        return { fault: `Unmatched end tag ${offset}, expected "</${expected}>", found "</${name}>"` };
    } else {
      if (!TAGS.has(name)) return { fault: `Unsupported start tag "${name}" ${offset}` };
      const attributes = attributesOf(groups["attributes"] ?? "");
      if (typeof attributes === "string") return { fault: `${attributes} the tag "${name}" ${offset}` };
      if (name === "span" && attributes.get("class") !== "tg-spoiler")
        return { fault: `Tag "span" must have class "tg-spoiler" ${offset}` };
      const [, user] = /^tg:\/\/user\?id=(\d+)/u.exec(attributes.get("href") ?? "") ?? [];
      if (user !== undefined) users.push(user);
      open.push(name);
    }
    at += whole.length;
  }
  const left = open.at(-1);
  return left === undefined
    ? { text, users }
    : { fault: `Can't find end tag corresponding to start tag "${left}"` };
}

/** The fault of a tag that does not end. A name that is not supported is seen first. */
function unclosed(rest: string, offset: string): string {
  const [, slash = "", name = ""] = /^<(\/?)([^\s>]*)/u.exec(rest) ?? [];
  if (slash === "/") return `Unclosed end tag ${offset}`;
  const isNamed = rest.length > name.length + 1;
  if (isNamed && !TAGS.has(name.toLowerCase()))
    return `Unsupported start tag "${name.toLowerCase()}" ${offset}`;
  return `Unclosed start tag ${offset}`;
}

/** The attributes of a tag, or the beginning of a refusal. */
function attributesOf(written: string): ReadonlyMap<string, string> | string {
  const found = new Map<string, string>();
  for (let rest = written.trim(); rest !== "";) {
    const { [0]: whole = "", groups = {} } = ATTRIBUTE.exec(rest) ?? {};
    const { name = "", value } = groups;
    if (name === "") return "Empty attribute name in";
    if (value === undefined) return "Expected equal sign in declaration of an attribute of";
    found.set(name, decode(value.replaceAll(/^["']|["']$/gu, "")));
    rest = rest.slice(whole.length).trim();
  }
  return found;
}

/** The semicolon may be left out; entities with other names stay as they are. */
function decode(text: string): string {
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|([a-z]+));?/giu,
    (whole, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? whole;
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16);
      return code > 0 && code < 0x10_ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
