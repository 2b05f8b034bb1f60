import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

/** A connection whose other side takes bytes at once, or while it is held none but the first. */
export class HeldSocket extends Socket {
  /** Everything that was written. */
  text = "";
  readonly #onText: () => void;
  #isHeld = false;
  #take: () => void = () => undefined;

  /** @param onText Called at every write. */
  constructor(onText: () => void = () => undefined) {
    super();
    this.#onText = onText;
  }

  hold(): void {
    this.#isHeld = true;
  }

  /** Lets the other side take one write. */
  takeOne(): void {
    this.#take();
  }

  release(): void {
    this.#isHeld = false;
    this.#take();
  }

  override _write(bytes: Buffer | string, _encoding: BufferEncoding, taken: () => void): void {
    this.text += String(bytes);
    if (this.#isHeld) this.#take = taken;
    else taken();
    this.#onText();
  }

  override _writev(all: { readonly chunk: Buffer | string }[], taken: () => void): void {
    this._write(all.map(({ chunk }) => String(chunk)).join(""), "utf8", taken);
  }
}

/** An answer over a connection, with its head. */
export function responseOver(socket: Socket): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(socket));
  response.assignSocket(socket);
  response.writeHead(200, { "content-type": "text/event-stream" });
  return response;
}
