/** The times at which something happens, such as a digest. */
export interface Timetable {
  /** The next time after an instant; epoch milliseconds, always after `now`. */
  next(now: number): number;
}
