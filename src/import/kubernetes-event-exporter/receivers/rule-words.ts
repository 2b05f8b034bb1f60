import { isMapping } from "../../../lib/mapping.ts";
import { translateTemplate } from "../../go-template/translate-template.ts";
import type { Path } from "../../place.ts";
import { CLUSTER_IN } from "../layout.ts";
import type { ReceiverContext, RuleWords } from "./receiver-context.ts";

/** One text of a receiver, as a text of a rule; undefined when it has none or cannot be translated. */
export function ruleText(
  source: string,
  path: Path,
  { count, say, name }: ReceiverContext,
): string | undefined {
  if (source === "") return undefined;
  const { text, trouble, holes } = translateTemplate(source, CLUSTER_IN.rule);
  count({ found: holes, translated: trouble === undefined ? holes : 0 });
  if (trouble === undefined) return text;
  say("template", path, {
    did: `it rendered ${source}`,
    written: `the built-in text: ${trouble}`,
    decide: "write the text anew (docs/expressions.md)",
    shown: `${name}.${path.join(".")}`,
  });
  return undefined;
}

const TITLE_KEYS: ReadonlySet<string> = new Set(["title", "summary", "subject"]);
const TEXT_KEYS: ReadonlySet<string> = new Set(["text", "content", "description", "message", "body"]);

/** Title and text among the leaves of a layout for a chat, translated. @param tree With texts for rules. */
export function wordsOfTree(tree: unknown): RuleWords {
  const leaves = leavesOf(tree, "");
  const first = (keys: ReadonlySet<string>): string | undefined =>
    leaves.find(({ key, text }) => keys.has(key.toLowerCase()) && text.trim() !== "")?.text.trimEnd();
  const [title, text] = [first(TITLE_KEYS), first(TEXT_KEYS)];
  return { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }) };
}

function leavesOf(value: unknown, key: string): readonly { readonly key: string; readonly text: string }[] {
  if (typeof value === "string") return [{ key, text: value }];
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, key));
  return isMapping(value) ? Object.entries(value).flatMap(([name, item]) => leavesOf(item, name)) : [];
}
