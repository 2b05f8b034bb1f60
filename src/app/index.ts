export { type App, type AppOptions, createApp } from "./app.ts";
export { type OwnPod, ownPodOf } from "./own-object.ts";
