/** Gives names that are unique and in kebab-case, as rules and forwards need them. */
export class UnusedNames {
  readonly #used = new Set<string>();

  /** @param wish Any text; without a letter or a digit in it the name is `imported`. */
  take(wish: string): string {
    const base = toKebab(wish);
    let name = base;
    for (let number = 2; this.#used.has(name); number++) name = `${base}-${number}`;
    this.#used.add(name);
    return name;
  }
}

/** As rules may be long as 100 letters, a number still fits. */
const LONGEST = 90;

function toKebab(text: string): string {
  const words = text.toLowerCase().match(/[a-z\d]+/gu) ?? ["imported"];
  return words.join("-").slice(0, LONGEST).replace(/-$/u, "");
}
