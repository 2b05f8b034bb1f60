import type { SinkType } from "../sink/index.ts";

/** Every type of sink of the program, one line each. A type is loaded only for who uses it. */
const LOADERS: Readonly<Record<string, () => Promise<SinkType>>> = {
  slack: async () => (await import("./slack/slack.ts")).slack,
  email: async () => (await import("./email/email.ts")).email,
  webhook: async () => (await import("./webhook/webhook.ts")).webhook,
  alertmanager: async () => (await import("./alertmanager/alertmanager.ts")).alertmanager,
  stdout: async () => (await import("./stdout/stdout.ts")).stdout,
  file: async () => (await import("./file/file.ts")).file,
  discord: async () => (await import("./discord/discord.ts")).discord,
  telegram: async () => (await import("./telegram/telegram.ts")).telegram,
  dingtalk: async () => (await import("./dingtalk/dingtalk.ts")).dingtalk,
  teams: async () => (await import("./teams/teams.ts")).teams,
  googlechat: async () => (await import("./googlechat/googlechat.ts")).googlechat,
  pagerduty: async () => (await import("./pagerduty/pagerduty.ts")).pagerduty,
  opsgenie: async () => (await import("./opsgenie/opsgenie.ts")).opsgenie,
  ntfy: async () => (await import("./ntfy/ntfy.ts")).ntfy,
  mattermost: async () => (await import("./mattermost/mattermost.ts")).mattermost,
  rocketchat: async () => (await import("./rocketchat/rocketchat.ts")).rocketchat,
  feishu: async () => (await import("./feishu/feishu.ts")).feishu,
  wecom: async () => (await import("./wecom/wecom.ts")).wecom,
  webex: async () => (await import("./webex/webex.ts")).webex,
  pushover: async () => (await import("./pushover/pushover.ts")).pushover,
  elasticsearch: async () => (await import("./elasticsearch/elasticsearch.ts")).elasticsearch,
  loki: async () => (await import("./loki/loki.ts")).loki,
  otlp: async () => (await import("./otlp/otlp.ts")).otlp,
  splunk: async () => (await import("./splunk/splunk.ts")).splunk,
  sqs: async () => (await import("./sqs/sqs.ts")).sqs,
  sns: async () => (await import("./sns/sns.ts")).sns,
  eventbridge: async () => (await import("./eventbridge/eventbridge.ts")).eventbridge,
  kafka: async () => (await import("./kafka/kafka.ts")).kafka,
  sls: async () => (await import("./sls/sls.ts")).sls,
  syslog: async () => (await import("./syslog/syslog.ts")).syslog,
};

/** The names of all types, as users write them. */
export const SINK_TYPE_NAMES: readonly string[] = Object.keys(LOADERS);

/** Loads the types of these names, in the order of `SINK_TYPE_NAMES`; other names are left out. */
export function loadSinkTypes(names: Iterable<string> = SINK_TYPE_NAMES): Promise<readonly SinkType[]> {
  const wanted = new Set(names);
  const loaders = Object.entries(LOADERS).filter(([name]) => wanted.has(name));
  return Promise.all(loaders.map(([, load]) => load()));
}
