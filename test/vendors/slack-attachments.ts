import { z } from "zod";

const field = z.object({
  title: z.string().optional(),
  value: z.union([z.string(), z.number()]).optional(),
  short: z.boolean().optional(),
});

/** The attachments that Mattermost and Rocket.Chat took over from Slack. */
export const slackAttachment = z.object({
  fallback: z.string().optional(),
  color: z.string().optional(),
  pretext: z.string().optional(),
  text: z.string().optional(),
  author_name: z.string().optional(),
  author_link: z.string().optional(),
  author_icon: z.string().optional(),
  title: z.string().optional(),
  title_link: z.string().optional(),
  fields: z.array(field).optional(),
  image_url: z.string().optional(),
  thumb_url: z.string().optional(),
  footer: z.string().optional(),
  footer_icon: z.string().optional(),
  ts: z.union([z.string(), z.number()]).optional(),
});

/** An attachment as it is sent. */
export type SlackAttachment = z.infer<typeof slackAttachment>;

/** The words of an attachment in the order in which they are shown. */
export function attachmentWords(shown: SlackAttachment): readonly string[] {
  const pairs = (shown.fields ?? []).flatMap(({ title, value }) => [title, value?.toString()]);
  const all = [shown.pretext, shown.author_name, shown.title, shown.text, ...pairs, shown.footer];
  return all.flatMap((word) => (word === undefined || word === "" ? [] : [word]));
}

/** The mentions in plain words, outside code. */
export function plainMentions(text: string): readonly string[] {
  const prose = text.replaceAll(/```[\s\S]*?(?:```|$)|`[^`\n]*`/gu, " ");
  return prose.match(/(?<![\w@])@[\w.-]*\w/gu) ?? [];
}
