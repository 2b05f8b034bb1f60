import { z } from "zod";

const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

/** The form that users write, for editors. */
const WRITTEN = /^[0-9]+(B|[KMGT]iB)$/;

/** A size as users write it (`64MiB`); bytes once parsed. */
export const ByteSize = z
  .string()
  .meta({ pattern: WRITTEN.source })
  .transform((text, context) => {
    const [, amount, unit] = /^(\d+)(B|[KMGT]iB)$/u.exec(text) ?? [];
    // The expression allows no other unit.
    const bytes = Number(amount) * UNITS[unit as keyof typeof UNITS];
    if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
    context.addIssue({
      code: "custom",
      message: `not a size: ${JSON.stringify(text)} (write 512KiB, 64MiB or 1GiB)`,
    });
    return z.NEVER;
  });
