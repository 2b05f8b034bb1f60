import { readProtobuf } from "../../../src/lib/read-protobuf.ts";

/** A message by the numbers of its fields; a field that comes once is alone. */
type Fields = Readonly<Record<number, readonly (bigint | Uint8Array)[]>>;

function fieldsOf(bytes: bigint | Uint8Array | undefined): Fields {
  const fields: Record<number, (bigint | Uint8Array)[]> = {};
  if (!(bytes instanceof Uint8Array)) return fields;
  for (const { number, value } of readProtobuf(bytes)) (fields[number] ??= []).push(value);
  return fields;
}

function textOf(value: bigint | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : "";
}

function attributesOf(values: readonly (bigint | Uint8Array)[] = []): Record<string, string | number> {
  return Object.fromEntries(
    values.map((bytes) => {
      const { 1: key = [], 2: value = [] } = fieldsOf(bytes);
      const { 1: text, 3: int } = fieldsOf(value[0]);
      return [textOf(key[0]), text === undefined ? Number(int?.[0] ?? Number.NaN) : textOf(text[0])];
    }),
  );
}

/** The logs of an `ExportLogsServiceRequest`, opentelemetry/proto/logs/v1/logs.proto, in short form. */
export function readLogs(bytes: Uint8Array | undefined) {
  return (fieldsOf(bytes)[1] ?? []).map((resourceLogs) => {
    const { 1: resource = [], 2: scopes = [] } = fieldsOf(resourceLogs);
    return {
      resource: attributesOf(fieldsOf(resource[0])[1]),
      logs: scopes.flatMap((scope) => {
        const { 1: named = [], 2: records = [] } = fieldsOf(scope);
        return records.map((record) => {
          const log = fieldsOf(record);
          return {
            scope: textOf(fieldsOf(named[0])[1]?.[0]),
            time: String(log[1]?.[0]),
            observedTime: String(log[11]?.[0]),
            severity: Number(log[2]?.[0] ?? 0),
            severityText: textOf(log[3]?.[0]),
            body: textOf(fieldsOf(log[5]?.[0])[1]?.[0]),
            attributes: attributesOf(log[6]),
          };
        });
      }),
    };
  });
}
