/** A deadline that never passes: on a slow machine an attempt may take long, and a hang ends with its test. */
export function noDeadline(): AbortSignal {
  return new AbortController().signal;
}

/** A deadline that passes once the attempt has got so far, on a slow machine as well. */
export function deadlineOnce(reached: Promise<unknown>): AbortSignal {
  const deadline = new AbortController();
  void reached.then(() => deadline.abort(new DOMException("the deadline has passed", "TimeoutError")));
  return deadline.signal;
}
