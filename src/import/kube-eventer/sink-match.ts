import { compilePattern, type PatternSpec } from "../../expression/index.ts";
import { listOf, type SinkArgument } from "./sink-argument.ts";

/** The match of a sink of kube-eventer. */
export interface SinkMatch {
  /** Undefined: nothing ever passes. */
  readonly match: Readonly<Record<string, unknown>> | undefined;
  /** Expressions that do not compile. */
  readonly invalid: readonly string[];
}

/** Kinds that take Events of type Warning alone, unless their level is Normal (sinks/dingtalk, sinks/wechat). */
const WITH_LEVEL: ReadonlySet<string> = new Set(["dingtalk", "wechat"]);

/** The filters of a sink as a match (sinks/webhook/webhook.go, common/filters); other kinds have none. */
export function sinkMatch({ kind, options }: SinkArgument): SinkMatch {
  if (kind === "webhook") return ofWebhook(options);
  if (!WITH_LEVEL.has(kind)) return { match: {}, invalid: [] };
  const type = options.get("level") === "Normal" ? {} : { type: "Warning" };
  return { match: { ...type, ...inNamespaces("metadata", options), ...ofKinds(options) }, invalid: [] };
}

function ofWebhook(options: URLSearchParams): SinkMatch {
  const level = options.get("level");
  const reasons = listOf(options, "reason");
  const good = reasons.filter((reason) => compilePattern({ regex: reason }).value !== undefined);
  const invalid = reasons.filter((reason) => !good.includes(reason));
  if (options.has("reason") && good.length === 0) return { match: undefined, invalid };
  return {
    match: {
      ...(level === null || level === "" ? {} : { type: level }),
      ...inNamespaces("involvedObject", options),
      ...ofKinds(options),
      ...(good.length === 0 ? {} : { reason: good.map((regex) => ({ regex })) }),
    },
    invalid,
  };
}

function inNamespaces(of: "metadata" | "involvedObject", options: URLSearchParams): object {
  const names = listOf(options, "namespaces");
  if (names.length === 0) return {};
  return of === "metadata" ? { metadata: { namespace: names } } : { namespace: names };
}

function ofKinds(options: URLSearchParams): { readonly kind?: PatternSpec } {
  const kinds = listOf(options, "kinds");
  return kinds.length === 0 ? {} : { kind: kinds };
}
