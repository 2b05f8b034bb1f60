/** Values that are known at once; then they are forgotten, and the next equal ones are shared anew. */
const MOST_VALUES = 4000;

/** Longest JSON of a value that is worth comparing, in UTF-16 units. */
const LONGEST = 1000;

/** Gives one object for all equal values of plain data that JSON keeps without loss. Nobody may change it. */
export class SharedValues {
  readonly #known = new Map<string, unknown>();

  /** The value that came first of all that are equal to this one. */
  of<Value>(value: Value): Value {
    const key = JSON.stringify(value);
    // A value of the same JSON has the same shape.
    const known = this.#known.get(key) as Value | undefined;
    if (known !== undefined || key.length > LONGEST) return known ?? value;
    if (this.#known.size >= MOST_VALUES) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }
}
