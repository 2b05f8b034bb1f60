import addressparser from "nodemailer/lib/addressparser";
import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";

const MOST_RECIPIENTS = 100;

/** No character that could end an address, begin another, or start a header. */
const ADDRESS = /^[^\s@<>()[\],;:"\\\p{Cc}]{1,64}@[^\s@<>()[\],;:"\\\p{Cc}]{1,255}$/u;

/** One address as users write it, `ops@example.com` or `Ops <ops@example.com>`; never a list. */
export const Mailbox = z.string().transform((text, context) => {
  const [mailbox, ...others] = addressparser(text, { flatten: true });
  const isOne = mailbox !== undefined && others.length === 0 && !/[\p{Cc}:;]/u.test(text);
  if (isOne && ADDRESS.test(mailbox.address)) return { name: mailbox.name, address: mailbox.address };
  context.addIssue({
    code: "custom",
    message: `not one mail address: ${JSON.stringify(text)} (write ops@example.com or "Ops <ops@example.com>")`,
  });
  return z.NEVER;
});
export type Mailbox = Readonly<z.infer<typeof Mailbox>>;

/** A list of mailboxes with at least one. */
export const Mailboxes = z.array(Mailbox).min(1, "expected at least one address").max(MOST_RECIPIENTS);

const OneOrMore = z.union([Mailboxes, Mailbox.transform((mailbox) => [mailbox])], {
  error: "expected a mail address or a list of them",
});

/** Recipients: a list, or lists chosen by an alert's label out of a closed set. */
export const Recipients = z.union(
  [
    Mailboxes,
    strict({
      by: z.string({ error: "expected a label of the alert, such as team" }).min(1),
      of: z.record(z.string(), OneOrMore, {
        error: "expected a mapping from values of the label to addresses",
      }),
      else: OneOrMore,
    }),
  ],
  { error: "expected a list of mail addresses, or { by, of, else }" },
);
export type Recipients = z.infer<typeof Recipients>;

/** The recipients of one notification, each once: those of all its alerts. */
export function recipientsOf(
  recipients: Recipients,
  { alerts }: Pick<Notification, "alerts">,
): readonly Mailbox[] {
  if (Array.isArray(recipients)) return unique(recipients);
  const { by, of, else: others } = recipients;
  const lists = alerts.map(({ labels }) => {
    const value = labels[by] ?? "";
    return Object.hasOwn(of, value) ? (of[value] ?? others) : others;
  });
  return unique(lists.length === 0 ? others : lists.flat());
}

/** The first mailbox of each address, in their order. */
export function unique(mailboxes: readonly Mailbox[]): readonly Mailbox[] {
  const first = new Map<string, Mailbox>();
  for (const mailbox of mailboxes) {
    const key = mailbox.address.toLowerCase();
    if (!first.has(key)) first.set(key, mailbox);
  }
  return [...first.values()];
}
