/** Templates: from SAM or CloudFormation to an application, or to every reason why not. */

export type {
  Application,
  PermissionDefinition,
  TextPosition,
} from "./application.ts";
export {
  loadTemplate,
  readTemplate,
  type TemplateOptions,
  type TemplateResult,
} from "./load.ts";
export { formatProblems, type Position, type TemplateProblem } from "./problems.ts";
