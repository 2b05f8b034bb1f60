/** The sink for an address that is known. */
export interface KnownAddress {
  readonly type: string;
  readonly isRecord: boolean;
}

const chat = (type: string): KnownAddress => ({ type, isRecord: false });

/** Hosts of chats. */
const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/^hooks\.slack(?:-gov)?\.com$/u, "slack"],
  [/^(?:canary\.|ptb\.)?discord(?:app)?\.com$/u, "discord"],
  [/^chat\.googleapis\.com$/u, "googlechat"],
  [/(?:^|\.)(?:office|office365|logic\.azure|powerplatform)\.com$/u, "teams"],
  [/^oapi\.dingtalk\.com$/u, "dingtalk"],
  [/^open\.(?:feishu\.cn|larksuite\.com)$/u, "feishu"],
  [/^qyapi\.weixin\.qq\.com$/u, "wecom"],
  [/^webexapis\.com$/u, "webex"],
];

/** Words in the name of a receiver or a variable, for addresses that are not known. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/slack/iu, "slack"],
  [/discord/iu, "discord"],
  [/google.?chat|gchat/iu, "googlechat"],
  [/teams/iu, "teams"],
  [/mattermost/iu, "mattermost"],
  [/dingtalk/iu, "dingtalk"],
  [/feishu|lark/iu, "feishu"],
];

/**
 * The sink for the address of a webhook; undefined when nobody knows it.
 *
 * @param name The name of the receiver, which counts where the address is a variable.
 */
export function knownAddress(address: string, name: string): KnownAddress | undefined {
  if (address.startsWith("${")) {
    const word = WORDS.find(([pattern]) => pattern.test(`${name} ${address}`));
    return word === undefined ? undefined : chat(word[1]);
  }
  const url = URL.parse(address);
  if (url === null) return undefined;
  const host = HOSTS.find(([pattern]) => pattern.test(url.hostname));
  if (host !== undefined) return chat(host[1]);
  if (/\/api\/v[12]\/alerts\/?$/u.test(url.pathname)) return chat("alertmanager");
  if (/\/loki\/api\/v1\/push\/?$/u.test(url.pathname)) return { type: "loki", isRecord: true };
  return /^\/hooks\/[a-z\d]{20,}$/u.test(url.pathname) ? chat("mattermost") : undefined;
}
