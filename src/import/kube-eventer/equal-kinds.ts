/** Kinds of sinks of kube-eventer that have an equal. */
export const EQUAL_KINDS: ReadonlySet<string> = new Set([
  "dingtalk",
  "wechat",
  "webhook",
  "elasticsearch",
  "kafka",
  "sls",
]);
