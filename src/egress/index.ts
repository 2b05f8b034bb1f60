export { DeliveryError, type Failure, type FailureClass } from "./delivery-error.ts";
export { createHttpClient, type HttpClient, type HttpOptions } from "./http-client.ts";
export { classifyStatus, parseRetryAfter, toDeliveryError } from "./http-error.ts";
export { HTTP_FIELDS, HttpSettings } from "./http-settings.ts";
