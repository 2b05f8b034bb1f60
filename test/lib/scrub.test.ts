import { describe, expect, it } from "vitest";

import { createScrubber } from "../../src/lib/scrub.ts";

describe("a scrubber", () => {
  it.each(["u", "us", "use", "user"])("finds a password in the base64 of a login: %s", (user) => {
    const password = "SMTPcanary6";
    const scrubber = createScrubber();
    scrubber.add(password);
    for (const login of [`${user}:${password}`, `\0${user}\0${password}`, `${user}:${password}:more`]) {
      const shown = scrubber.scrub(`rejected: ${btoa(login)}`);
      const rest = shown.split(": ")[1]?.replace("[redacted]", "") ?? "";
      expect(shown).toContain("[redacted]");
      expect(atob(rest.replaceAll("=", "").slice(0, 4))).not.toContain("SMTP");
      expect(rest.length).toBeLessThan(btoa(login).length - 10);
    }
  });
});
