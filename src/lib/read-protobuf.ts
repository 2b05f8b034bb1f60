/** One field of a protobuf message as it stands on the wire; a nested message is bytes. */
export interface ProtobufField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/**
 * The fields of a protobuf message, in their order (https://protobuf.dev/programming-guides/encoding/). Integers are
 * not signed.
 *
 * @throws {RangeError} when the bytes are no message.
 */
export function readProtobuf(bytes: Uint8Array): readonly ProtobufField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError("a varint of more than ten bytes");
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError("a field is longer than its message");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const valueOf = (type: number): ProtobufField["value"] => {
    if (type === 0) return varint();
    if (type === 2) return take(Number(varint()));
    if (type !== 1 && type !== 5) throw new RangeError(`wire type ${type}`);
    const start = at;
    take(type === 1 ? 8 : 4);
    return type === 1 ? view.getBigUint64(start, true) : BigInt(view.getUint32(start, true));
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    fields.push({ number: Math.floor(tag / 8), value: valueOf(tag % 8) });
  }
  return fields;
}
