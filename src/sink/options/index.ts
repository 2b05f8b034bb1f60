export { alertTemplates } from "./alert-templates.ts";
export { HttpUrl } from "./http-url.ts";
