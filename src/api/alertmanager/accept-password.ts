import type { NextFunction, Request, Response } from "express";

/**
 * Takes the token also as the password of basic authentication, which is all that some programs can send.
 *
 * A request with a token is no request of another site's page: a browser sends neither this header nor JSON nor `DELETE`
 * to us before it has asked, and it is never told yes. So the `origin` that a proxy of pages passes on, as karma does, is
 * no obstacle.
 */
export function acceptPassword(request: Request, _response: Response, next: NextFunction): void {
  const { headers } = request;
  const password = passwordIn(headers.authorization ?? "");
  if (password !== undefined) headers.authorization = `Bearer ${password}`;
  if (headers.authorization !== undefined) delete headers.origin;
  next();
}

function passwordIn(authorization: string): string | undefined {
  const encoded = /^Basic +(?<encoded>[\w+/=-]+)$/iu.exec(authorization)?.groups?.["encoded"];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  return text.includes(":") ? text.slice(text.indexOf(":") + 1) : undefined;
}
