import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";

/** The server's end of a WebSocket (RFC 6455), as far as Socket Mode needs it: text, ping and close. */
export class WebSocketEnd {
  readonly #socket: Duplex;
  readonly #onText: (text: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];

  /**
   * Answers the handshake.
   *
   * @param key Of the header `sec-websocket-key`.
   */
  constructor(socket: Duplex, key: string, onText: (text: string) => void) {
    this.#socket = socket;
    this.#onText = onText;
    // RFC 6455 §4.2.2.
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  send(text: string): void {
    this.#write(0x1, Buffer.from(text));
  }

  ping(): void {
    this.#write(0x9, Buffer.alloc(0));
  }

  /** Says goodbye with a status and ends the connection. */
  close(status = 1000): void {
    const body = Buffer.alloc(2);
    body.writeUInt16BE(status);
    this.#write(0x8, body);
    this.#socket.end();
  }

  #write(opcode: number, body: Buffer): void {
    if (!this.#socket.writable) return;
    const { length } = body;
    const head = length < 126 ? Buffer.alloc(2) : Buffer.alloc(length < 65_536 ? 4 : 10);
    head[0] = 0x80 | opcode;
    head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    this.#socket.write(Buffer.concat([head, body]));
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const frame = takeFrame(this.#rest);
      if (frame === undefined) return;
      this.#rest = frame.rest;
      this.#take(frame);
    }
  }

  #take({ opcode, final, body }: Frame): void {
    // RFC 6455 §5.5: control frames are never in parts.
    if (opcode === 0x8) this.close();
    else if (opcode === 0x9) this.#write(0xa, body);
    else if (opcode <= 0x2) {
      this.#parts.push(body);
      if (!final) return;
      const text = Buffer.concat(this.#parts).toString();
      this.#parts = [];
      this.#onText(text);
    }
  }
}

interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  readonly body: Buffer;
  readonly rest: Buffer;
}

/** The first frame of the bytes, or undefined while it is not whole. Frames of clients are masked (RFC 6455 §5.3). */
function takeFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  const short = second & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start + 4) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + 4 + length;
  if (bytes.length < end) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const body = Buffer.from(bytes.subarray(start + 4, end));
  for (let index = 0; index < body.length; index++)
    body.writeUInt8(body.readUInt8(index) ^ mask.readUInt8(index % 4), index);
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, body, rest: bytes.subarray(end) };
}
