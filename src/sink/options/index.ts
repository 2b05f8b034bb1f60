export { alertScope, alertTemplates } from "./alert-templates.ts";
export { type Choice, choiceOption, choosing, chosenName, valueOf, valuesOf } from "./choice.ts";
export { HttpUrl } from "./http-url.ts";
export {
  renderNotification,
  renderRecord,
  type TemplateTree,
  templateTree,
  tryTree,
} from "./template-tree.ts";
