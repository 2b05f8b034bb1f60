import { REDACTED, withoutSecrets } from "./without-secrets.ts";

/** The scrubber ignores shorter secrets: replacing every "a" would make logs unreadable. */
const SHORTEST_SECRET = 6;

/** Removes secrets from texts that leave the process: logs, errors, dead letters, API answers. */
export interface Scrubber {
  /** Registers a secret; from now on the value and its URL-encoded, base64 and JSON-escaped forms never get out. */
  add(secret: string): void;
  scrub(text: string): string;
}

/** Makes a scrubber without registered secrets; it removes what looks like a secret from the start. */
export function createScrubber(): Scrubber {
  const forms = new Set<string>();
  // Longest first, so that the scrubber removes a secret whole that contains another.
  let ordered: readonly string[] = [];
  return {
    add: (secret) => {
      if (secret.length < SHORTEST_SECRET || forms.has(secret)) return;
      forms.add(secret);
      forms.add(encodeURIComponent(secret.toWellFormed()));
      forms.add(Buffer.from(secret).toString("base64"));
      for (const form of insideBase64(secret)) forms.add(form);
      forms.add(JSON.stringify(secret).slice(1, -1));
      ordered = [...forms].toSorted((a, b) => b.length - a.length);
    },
    scrub: (text) => {
      let clean = text;
      for (const form of ordered) if (clean.includes(form)) clean = clean.replaceAll(form, REDACTED);
      return withoutSecrets(clean, { wholeQueries: false });
    },
  };
}

/** The letters that stand for a secret inside the base64 of a longer text, such as `user:secret`, at any place in it. */
function insideBase64(secret: string): readonly string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    // The first and the last letters stand for bits of the text around it as well.
    const first = Math.ceil((before * 8) / 6);
    return bytes.toString("base64").slice(first, Math.floor((bytes.length * 8) / 6));
  });
}
