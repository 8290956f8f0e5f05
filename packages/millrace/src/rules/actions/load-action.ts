/** From an action's definition to something that can act: its templates compiled. */

import { assert } from "../../base/mod.ts";
import {
  compileTemplate,
  type SqlError,
  type Template,
  type TemplateOptions,
} from "../../sql/mod.ts";
import type { Member, MembersValue, TemplateMember } from "../payload/members.ts";
import type { RulePorts } from "../ports.ts";
import type { Action, ActionType } from "./action.ts";
import { type ActionDefinition, actionTypes, entryOf } from "./catalog.ts";

export interface LoadActionOptions extends TemplateOptions {
  readonly ruleName: string;
  readonly ports: RulePorts;
  /** `member` is e.g. `republish.topic`; a place counts in its text. */
  readonly refuse: (member: string, error: ActionError) => void;
  readonly warn: (member: string, warning: SqlError) => void;
}

type ActionError = Pick<SqlError, "message"> & Partial<SqlError>;

/** The action; one that is refused must not be used. */
export function loadAction(definition: ActionDefinition, options: LoadActionOptions): Action {
  const [kind, given] = entryOf(definition);
  const type: ActionType = actionTypes[kind] as ActionType;
  const settings = new Compiler(options).object(type.members, given, kind);
  const { ruleName, version } = options;
  const { roleArn } = given as { readonly roleArn?: string };
  const ports = options.ports.actingAs?.({ ruleName, roleArn }) ?? options.ports;
  const resource = resourceOf(type, given);
  const refuse = (member: string, message: string) =>
    options.refuse(`${kind}.${member}`, { message });
  return {
    kind,
    resource,
    ...type.load(settings, { ruleName, version, ports, resource, refuse }, given),
  };
}

/** What is to be told of a failure, as the error action wants it. */
export function failedNameOf(kind: string): string {
  return (actionTypes as Record<string, ActionType>)[kind]!.failedName;
}

function resourceOf(type: ActionType, given: object): string {
  let value: unknown = given;
  for (const name of type.resource.split(".")) value = (value as Record<string, unknown>)[name];
  return String(value);
}

const emptyTemplate: Template = { render: () => "" };

class Compiler {
  readonly #options: LoadActionOptions;

  constructor(options: LoadActionOptions) {
    this.#options = options;
  }

  object(members: Readonly<Record<string, Member>>, given: object, at: string) {
    const settings = Object.entries(given).map(([name, value]) => [
      name,
      this.#value(members[name]!, value, `${at}.${name}`),
    ]);
    return Object.fromEntries(settings) as MembersValue<typeof members, Template>;
  }

  #value(member: Member, value: unknown, at: string): unknown {
    switch (member.kind) {
      case "template":
        return this.#template(member, value, at);
      case "list":
        assert(Array.isArray(value), "a list was checked when the definition was read");
        return value.map((item, index) => this.#value(member.items, item, `${at}[${index}]`));
      case "object":
        return this.object(member.members, value as object, at);
      default:
        return value;
    }
  }

  #template(member: TemplateMember, value: unknown, at: string): Template {
    assert(typeof value === "string", "a text was checked when the definition was read");
    // Only there does a text say a literal dollar: "$$aws/..." is the topic "$aws/...".
    const isEscaped = member.dollarEscaped === true && value.startsWith("$$aws/");
    const placed = ({ message, line, column }: SqlError) => ({
      message,
      line,
      column: column + (isEscaped && line === 1 ? 1 : 0),
    });
    const compiled = compileTemplate(isEscaped ? value.slice(1) : value, this.#options);
    if (!compiled.ok) {
      this.#options.refuse(at, placed(compiled.error));
      return emptyTemplate;
    }
    for (const warning of compiled.warnings) this.#options.warn(at, placed(warning));
    return compiled.template;
  }
}
