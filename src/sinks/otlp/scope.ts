/** The instrumentation scope of all logs. */
export const SCOPE = "tocsin";
