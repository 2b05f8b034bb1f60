/** The units in which vendors count a text. */
export const LENGTH = {
  /** Unicode code points. */
  characters: (text: string): number => Array.from(text).length,
  /** UTF-16 code units. */
  units: (text: string): number => text.length,
  /** UTF-8 bytes. */
  bytes: (text: string): number => Buffer.byteLength(text),
} as const;
