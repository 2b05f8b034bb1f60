/** Marks that turn the direction of what follows: an attacker makes `exe.png` of `gnp.exe` with them. */
const TURNS = /[\u202A-\u202E\u2066-\u2069]/gu;

/** Parses JSON with texts of Events in it. Marks that would show a text in another order than it has become `\uFFFD`. */
export function parseForeign(json: string): unknown {
  return JSON.parse(json.replaceAll(TURNS, "\uFFFD"));
}
