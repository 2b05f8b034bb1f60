export type { App, AppOptions } from "./app.ts";
export { createApp } from "./create-app.ts";
