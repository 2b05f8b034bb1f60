const OFFSET = 0xcb_f2_9c_e4_84_22_23_25n;
const PRIME = 0x1_00_00_00_01_b3n;
const MASK = 0xff_ff_ff_ff_ff_ff_ff_ffn;
const SEPARATOR = 0xff;

/**
 * The fingerprint of a label set as Prometheus makes it: FNV-1a of 64 bits over names and values in the order of the
 * names, each with a byte 255 behind it (`labelSetToFingerprint` in github.com/prometheus/common/model/signature.go).
 */
export function labelFingerprint(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).toSorted((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  let hash = OFFSET;
  const add = (byte: number): void => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  };
  for (const name of names) {
    for (const text of [name, labels[name] ?? ""]) {
      for (const byte of Buffer.from(text)) add(byte);
      add(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, "0");
}
