import type { IncomingMessage } from "node:http";

import { isForwarding } from "./forwarding.ts";

/** Facts about the sender of a request. The caller claims all of them but the addresses of the connection. */
export interface Caller {
  /** The socket's own address, never one of a header. */
  readonly peer: string;
  /** The address of this machine that the connection came to. */
  readonly local: string;
  /** Header `host`. */
  readonly host: string;
  /** Header `origin`: a browser sends it with every change, and "" stands for none. */
  readonly origin: string;
  readonly authorization: string;
  /** Whether a proxy has passed the request on: then the peer is the proxy. */
  readonly isForwarded: boolean;
  /** Header `cookie`. */
  readonly cookie: string;
  /** Header `sec-fetch-site`; "" for none: browsers leave it out over plain HTTP. */
  readonly fetchSite: string;
  /** Whether no form of another page can send it: it calls itself JSON, or has a method that no form has. */
  readonly isUnlikeForm: boolean;
  /** All values of a header, by its name in lower case. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

/** The facts of a request. */
export function callerOf(request: IncomingMessage): Caller {
  const { headers, headersDistinct, socket, method } = request;
  const { host, origin, authorization, cookie } = headers;
  const contentType = headers["content-type"] ?? "";
  return {
    peer: socket.remoteAddress ?? "",
    local: socket.localAddress ?? "",
    host: host ?? "",
    origin: origin ?? "",
    authorization: authorization ?? "",
    isForwarded: Object.keys(headers).some(isForwarding),
    cookie: cookie ?? "",
    fetchSite: headersDistinct["sec-fetch-site"]?.join() ?? "",
    isUnlikeForm: method === "DELETE" || /^application\/json *(?:;|$)/iu.test(contentType),
    headers: headersDistinct,
  };
}
