import { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import { renderRecord, type TemplateTree } from "./options/template-tree.ts";
import { parseRecord } from "./records/parse-record.ts";
import type { RecordOutcome, Sink, SinkRecord } from "./sink.ts";

type Write = NonNullable<Sink["write"]>;

/** The same method, for records in the form of a template. One of which the template fails takes no other with it. */
export function showing(write: Write, template: TemplateTree, clock: Clock): Write {
  return async (records, signal) => {
    const shown = records.map((record) => show(record, template, clock.now()));
    const good = shown.filter((each): each is SinkRecord => !(each instanceof DeliveryError));
    const outcomes = good.length === 0 ? [] : await write(good, signal);
    let next = 0;
    return shown.map((each): RecordOutcome => {
      if (each instanceof DeliveryError) return { ok: false, error: each };
      const outcome = outcomes[next];
      next += 1;
      return outcome ?? { ok: false, error: DeliveryError.transient("unknown", "the sink gave no answer") };
    });
  };
}

function show(record: SinkRecord, template: TemplateTree, now: number): SinkRecord | DeliveryError {
  try {
    return { ...record, shown: renderRecord(template, parseRecord(record.body), now) };
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    if (!(error instanceof TocsinError)) throw error;
    return DeliveryError.poison("misconfigured", `the template fails: ${error.message}`);
  }
}
