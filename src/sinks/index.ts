import type { SinkType } from "../sink/index.ts";
import { alertmanager } from "./alertmanager/alertmanager.ts";
import { dingtalk } from "./dingtalk/dingtalk.ts";
import { discord } from "./discord/discord.ts";
import { elasticsearch } from "./elasticsearch/elasticsearch.ts";
import { email } from "./email/email.ts";
import { eventbridge } from "./eventbridge/eventbridge.ts";
import { feishu } from "./feishu/feishu.ts";
import { file } from "./file/file.ts";
import { googlechat } from "./googlechat/googlechat.ts";
import { loki } from "./loki/loki.ts";
import { mattermost } from "./mattermost/mattermost.ts";
import { ntfy } from "./ntfy/ntfy.ts";
import { opsgenie } from "./opsgenie/opsgenie.ts";
import { otlp } from "./otlp/otlp.ts";
import { pagerduty } from "./pagerduty/pagerduty.ts";
import { pushover } from "./pushover/pushover.ts";
import { rocketchat } from "./rocketchat/rocketchat.ts";
import { slack } from "./slack/slack.ts";
import { sls } from "./sls/sls.ts";
import { sns } from "./sns/sns.ts";
import { splunk } from "./splunk/splunk.ts";
import { sqs } from "./sqs/sqs.ts";
import { stdout } from "./stdout/stdout.ts";
import { syslog } from "./syslog/syslog.ts";
import { teams } from "./teams/teams.ts";
import { telegram } from "./telegram/telegram.ts";
import { webex } from "./webex/webex.ts";
import { webhook } from "./webhook/webhook.ts";
import { wecom } from "./wecom/wecom.ts";

/** Every type of sink of the program, one line each. */
export const builtinSinks: readonly SinkType[] = [
  slack,
  email,
  webhook,
  alertmanager,
  stdout,
  file,
  discord,
  telegram,
  dingtalk,
  teams,
  googlechat,
  pagerduty,
  opsgenie,
  ntfy,
  mattermost,
  rocketchat,
  feishu,
  wecom,
  webex,
  pushover,
  elasticsearch,
  loki,
  otlp,
  splunk,
  sqs,
  sns,
  eventbridge,
  sls,
  syslog,
];
