import { BoundedMap } from "../../lib/bounded-map.ts";
import type { Inquiry, InquiryPurpose } from "../inquiry.ts";

/** An inquiry that has no answer after this time is made again when somebody asks; milliseconds. */
const OPEN_FOR_MS = 10_000;

/** Inquiries that are remembered; one that is forgotten may be made twice. */
const MOST_OPEN = 20_000;

/** How urgent each purpose is; lower is more urgent. */
const URGENCY: Readonly<Record<InquiryPurpose, number>> = { tell: 0, end: 1, hint: 2, watch: 3 };

/** The inquiries that wait for an answer, and those that nobody has taken out yet. */
export class OpenInquiries {
  readonly #open = new BoundedMap<string, { readonly purpose: InquiryPurpose; readonly at: number }>(
    MOST_OPEN,
  );
  /** By object. */
  readonly #fresh = new Map<string, Inquiry>();

  /** Number of inquiries that nobody has answered. */
  get size(): number {
    return this.#open.size;
  }

  /** Makes an inquiry, unless one about the object is open that is as urgent. @param now Epoch milliseconds. */
  make(inquiry: Inquiry, now: number): void {
    const { object, purpose } = inquiry;
    const open = this.#open.peek(object);
    if (open !== undefined && isOpen(open, now) && URGENCY[open.purpose] <= URGENCY[purpose]) return;
    this.#open.set(object, { purpose, at: now });
    this.#fresh.set(object, inquiry);
  }

  /** Whether an answer about an object is still to come. */
  has(object: string, now: number): boolean {
    const open = this.#open.peek(object);
    return open !== undefined && isOpen(open, now);
  }

  /**
   * Forgets the inquiry about an object: it has an answer, or nobody needs one any more.
   *
   * @returns Whether there was one, however old.
   */
  close(object: string): boolean {
    this.#fresh.delete(object);
    return this.#open.delete(object);
  }

  /** The inquiries since the last call, each object once. */
  drain(): readonly Inquiry[] {
    if (this.#fresh.size === 0) return NONE;
    const inquiries = [...this.#fresh.values()];
    this.#fresh.clear();
    return inquiries;
  }
}

function isOpen({ at }: { readonly at: number }, now: number): boolean {
  return now < at + OPEN_FOR_MS;
}

const NONE: readonly never[] = Object.freeze([]);
