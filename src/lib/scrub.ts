/** Secrets shorter than this are not searched for: replacing every "a" would make logs unreadable. */
const SHORTEST_SECRET = 6;

const REDACTED = "[redacted]";

/** Places where foreign services put secrets; each is replaced even when the value was never registered. */
const KNOWN_SHAPES: readonly RegExp[] = [
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]+/gu,
  /\bxox[abeprs]-[\w-]{8,}/gu,
  /\/bot\d+:[\w-]{20,}/gu,
  /(?<=[?&](?:access_token|token|key|sig|signature|password)=)[^&\s"'\\]+/gu,
  /(?<=:\/\/)[^\s/@"'\\:]+:[^\s/@"'\\]+(?=@)/gu,
  /(?<=(?:authorization|Authorization)["']?\s*[:=]\s*["']?)(?:Bearer|Basic)\s+[\w.~+/=-]+/gu,
  /\bwhsec_[\w+/=]{8,}/gu,
];

/** Removes secrets from text that is about to leave the process: logs, errors, dead letters, API answers. */
export interface Scrubber {
  /** From now on this value never gets out, nor its URL-encoded, base64 and JSON-escaped forms. */
  add(secret: string): void;
  scrub(text: string): string;
}

/** An empty scrubber; known shapes of secrets are removed from the start. */
export function createScrubber(): Scrubber {
  const forms = new Set<string>();
  // Longest first, so that a secret that contains another is removed whole.
  let ordered: readonly string[] = [];
  return {
    add: (secret) => {
      if (secret.length < SHORTEST_SECRET || forms.has(secret)) return;
      forms.add(secret);
      forms.add(encodeURIComponent(secret.toWellFormed()));
      forms.add(Buffer.from(secret).toString("base64"));
      forms.add(JSON.stringify(secret).slice(1, -1));
      ordered = [...forms].toSorted((a, b) => b.length - a.length);
    },
    scrub: (text) => {
      let clean = text;
      for (const form of ordered) if (clean.includes(form)) clean = clean.replaceAll(form, REDACTED);
      for (const shape of KNOWN_SHAPES) clean = clean.replaceAll(shape, REDACTED);
      return clean;
    },
  };
}
