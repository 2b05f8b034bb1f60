export { DeliveryError, type Failure, type FailureClass, type FailureScope } from "./delivery-error.ts";
export { dial, type DialTarget } from "./dial.ts";
export { createHttpClient, type HttpClient, type HttpOptions } from "./http-client.ts";
export { classifyStatus, toDeliveryError } from "./http-error.ts";
export { HTTP_FIELDS, HttpSettings } from "./http-settings.ts";
export { proxyFor } from "./proxy.ts";
export { tlsProblem } from "./tls-problem.ts";
export { parseRetryAfter } from "./retry-after.ts";
