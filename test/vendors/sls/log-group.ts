/** One log as SLS keeps it. */
export interface SlsLog {
  /** Seconds since 1970. */
  readonly time: number;
  /** Nanoseconds within that second; undefined when not given. */
  readonly timeNs: number | undefined;
  /** Keys and values in their order: a key may come twice. */
  readonly contents: readonly (readonly [key: string, value: string])[];
}

/** Logs that were sent together. */
export interface SlsLogGroup {
  readonly logs: readonly SlsLog[];
  readonly topic: string | undefined;
  readonly source: string | undefined;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** A field of a message: a number (wire types 0 and 5) or bytes (wire type 2). */
interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/**
 * Reads the protocol buffer of a group of logs, by the schema of
 * https://www.alibabacloud.com/help/en/sls/developer-reference/data-encoding:
 *
 *     message Log { required uint32 Time = 1; message Content { required string Key = 1; required string Value = 2; }
 *                   repeated Content Contents = 2; optional fixed32 Time_ns = 4; }
 *     message LogTag { required string Key = 1; required string Value = 2; }
 *     message LogGroup { repeated Log Logs = 1; optional string Reserved = 2; optional string Topic = 3;
 *                        optional string Source = 4; repeated LogTag LogTags = 6; }
 *
 * @throws {Error} when it is no such message.
 */
export function readLogGroup(bytes: Buffer): SlsLogGroup {
  const fields = readFields(bytes);
  return {
    logs: all(fields, 1).map(readLog),
    topic: textOf(fields, 3),
    source: textOf(fields, 4),
    tags: all(fields, 6).map(readPair),
  };
}

function readLog(bytes: Buffer): SlsLog {
  const fields = readFields(bytes);
  const time = numberOf(fields, 1);
  if (time === undefined) throw new Error("a log has no Time");
  const contents = all(fields, 2).map(readPair);
  if (contents.length === 0) throw new Error("a log has no Contents");
  return { time, timeNs: numberOf(fields, 4), contents };
}

function readPair(bytes: Buffer): readonly [string, string] {
  const fields = readFields(bytes);
  const [key, value] = [textOf(fields, 1), textOf(fields, 2)];
  if (key === undefined || value === undefined) throw new Error("a pair lacks its Key or its Value");
  return [key, value];
}

function all(fields: readonly Field[], number: number): readonly Buffer[] {
  return fields
    .filter((field) => field.number === number)
    .map(({ value }) => {
      if (typeof value === "number") throw new Error(`field ${number} has the wrong wire type`);
      return value;
    });
}

function textOf(fields: readonly Field[], number: number): string | undefined {
  const bytes = all(fields, number).at(-1);
  // A string of a protocol buffer is UTF-8.
  return bytes === undefined ? undefined : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function numberOf(fields: readonly Field[], number: number): number | undefined {
  const value = fields.findLast((field) => field.number === number)?.value;
  if (value === undefined || typeof value === "number") return value;
  throw new Error(`field ${number} has the wrong wire type`);
}

/** https://protobuf.dev/programming-guides/encoding. */
function readFields(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error("a number is too long");
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType === 0) fields.push({ number, value: varint() });
    else if (wireType === 5) {
      fields.push({ number, value: bytes.readUInt32LE(at) });
      at += 4;
    } else if (wireType === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new Error("a field ends after the message");
      fields.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    } else throw new Error(`wire type ${wireType} is not used here`);
  }
  return fields;
}
