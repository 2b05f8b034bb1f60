import addressparser from "nodemailer/lib/addressparser";
import { z } from "zod";

import type { Notification } from "../../alert/index.ts";
import { type Choice, choiceOption, chosenName, valueOf } from "../../sink/options/index.ts";

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

/** Recipients: a list, or lists chosen by a label. */
export const Recipients = choiceOption<readonly Mailbox[]>(
  OneOrMore,
  { one: "a list of mail addresses", many: "addresses" },
  Mailboxes,
);
export type Recipients = Choice<readonly Mailbox[]>;

/**
 * The recipients of one notification, each once: those of all its alerts. Routes to the sink group by the label, but a
 * group from before a reload may still have several values of it.
 */
export function recipientsOf(
  recipients: Recipients,
  { group, alerts }: Pick<Notification, "group" | "alerts">,
): readonly Mailbox[] {
  if (alerts.length === 0) return unique(valueOf(recipients, chosenName(recipients, { group, alerts })));
  const none = { ...group, labels: {} };
  return unique(
    alerts.flatMap((alert) => valueOf(recipients, chosenName(recipients, { group: none, alerts: [alert] }))),
  );
}

/** A list of recipients as its destination is named: the addresses, in one order. */
export function nameOfList(mailboxes: readonly Mailbox[]): string {
  return unique(mailboxes)
    .map(({ address }) => address)
    .toSorted()
    .join(", ");
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
