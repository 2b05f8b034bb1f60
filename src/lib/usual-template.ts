/** So often in a row a template has to be the best one before it is trusted. */
const TRUSTED_AFTER = 8;

/** So often a trusted template is used before the best one is looked for again. */
const TRUSTED_FOR = 64;

/** The template that objects in one place usually have: to see that it fits costs less than to find the best one. */
export class UsualTemplate<Template> {
  #last: Template | undefined;
  #inARow = 0;
  #trust = 0;

  /** The usual template, as long as it need not be looked for. */
  trusted(): Template | undefined {
    if (this.#trust === 0) return undefined;
    this.#trust -= 1;
    return this.#last;
  }

  /** Records that this was the best one. */
  used(template: Template): void {
    this.#inARow = template === this.#last ? this.#inARow + 1 : 0;
    this.#last = template;
    this.#trust = this.#inARow >= TRUSTED_AFTER ? TRUSTED_FOR : 0;
  }
}
