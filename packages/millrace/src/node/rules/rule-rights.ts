/**
 * What rules may do: each action what its role allows, and the call of a function what the
 * function's own policy allows to the broker's rules.
 */

import { shadowNeed } from "../../endpoints/mod.ts";
import {
  type Acting,
  type ApiAccess,
  arnsOf,
  type Identities,
  type Need,
} from "../../identity/mod.ts";
import type { Publication, RuleActor, RulePorts } from "../../rules/mod.ts";
import { tableNameOf } from "../../tables/mod.ts";
import type { FunctionPolicies } from "../identity/function-policies.ts";
import { functionAsked } from "./statement-services.ts";

export interface RuleRightsOptions {
  readonly identities: Pick<Identities, "services" | "account">;
  readonly access: ApiAccess;
  readonly policies: FunctionPolicies;
  /** What is done in a role that is not here is the owner's, and else refused. */
  readonly trustsAbsentRoles: boolean;
}

const service = "iot.amazonaws.com";

/** The ports, of which each rule gets its own with the rights that it has. */
export function withRights(ports: RulePorts, options: RuleRightsOptions): RulePorts {
  return { ...ports, actingAs: (actor) => new RuleRights(ports, options, actor).ports() };
}

class RuleRights {
  readonly #ports: RulePorts;
  readonly #options: RuleRightsOptions;
  readonly #actor: RuleActor;
  readonly #arn: ReturnType<typeof arnsOf>;
  readonly #acting: Acting;

  constructor(ports: RulePorts, options: RuleRightsOptions, actor: RuleActor) {
    this.#ports = ports;
    this.#options = options;
    this.#actor = actor;
    this.#arn = arnsOf(options.identities.account);
    const sourceArn = this.#arn("iot", `rule/${actor.ruleName}`);
    this.#acting = { service, sessionName: actor.ruleName, sourceArn };
  }

  ports(): RulePorts {
    const { publish, invokeAsync, putItem, updateItem, deleteItem } = this.#ports;
    const onTable = (action: string, name: string) => this.#demand([this.#tableNeed(action, name)]);
    return {
      ...this.#ports,
      ...this.#others(),
      publish: (message) => this.#refusalOf(message.topic) ?? publish(message),
      invokeAsync: async (name, event, qualifier) => {
        this.#demandCall(name, qualifier);
        await invokeAsync(name, event, qualifier);
      },
      putItem: async (name, item) => {
        onTable("PutItem", name);
        await putItem(name, item);
      },
      updateItem: async (name, key, set) => {
        onTable("UpdateItem", name);
        await updateItem(name, key, set);
      },
      deleteItem: async (name, key) => {
        onTable("DeleteItem", name);
        await deleteItem(name, key);
      },
    };
  }

  /** Those that need not be there. */
  #others(): Partial<RulePorts> {
    const { putRecord, putObject, writeLog, putMetric, services } = this.#ports;
    return {
      ...(putRecord && {
        putRecord: async (record) => {
          const resource = this.#arn("kinesis", `stream/${record.streamName}`);
          this.#demand([{ action: "kinesis:PutRecord", resource }]);
          await putRecord(record);
        },
      }),
      ...(putObject && {
        putObject: async (object) => {
          const resource = this.#arn("s3", `${object.bucketName}/${object.key}`);
          this.#demand([{ action: "s3:PutObject", resource }]);
          await putObject(object);
        },
      }),
      ...(writeLog && {
        writeLog: async (group, entries, ruleName) => {
          this.#demand(this.#logNeeds(group));
          await writeLog(group, entries, ruleName);
        },
      }),
      ...(putMetric && {
        putMetric: (metric) => {
          const keys = () => ({ "cloudwatch:namespace": metric.namespace });
          const need = { action: "cloudwatch:PutMetricData", resource: "*", keys };
          return this.#refusal([need]) ?? putMetric(metric);
        },
      }),
      ...(services && { services: this.#statementServices(services) }),
    };
  }

  /** What statements ask: a function by its own policy, all else in the role that stands there. */
  #statementServices(services: NonNullable<RulePorts["services"]>): RulePorts["services"] {
    const { invoke, readItem, readRegistry, readShadow } = services;
    return {
      ...services,
      ...(invoke && {
        invoke: async (functionArn, event) => {
          const { name, qualifier } = functionAsked(functionArn);
          this.#demandCall(name, qualifier);
          return invoke(functionArn, event);
        },
      }),
      ...(readItem && {
        readItem: async (read) => {
          this.#demand([this.#tableNeed("GetItem", read.tableName)], read.roleArn);
          return readItem(read);
        },
      }),
      ...(readShadow && {
        readShadow: async (read) => {
          const { account } = this.#options.identities;
          this.#demand([shadowNeed(account, "GetThingShadow", read)], read.roleArn);
          return readShadow(read);
        },
      }),
      ...(readRegistry && {
        readRegistry: async (read) => {
          const resource = this.#arn("iot", `thing/${read.thingName}`);
          this.#demand([{ action: `iot:${read.operation}`, resource }], read.roleArn);
          return readRegistry(read);
        },
      }),
    };
  }

  #tableNeed(action: string, tableName: string): Need {
    const resource = this.#arn("dynamodb", `table/${tableNameOf(tableName)}`);
    return { action: `dynamodb:${action}`, resource };
  }

  /** As AWS IoT writes: into a stream of the group, which it makes when there is none. */
  #logNeeds(group: string): Need[] {
    const all = this.#arn("logs", `log-group:${group}:*`);
    const stream = this.#arn("logs", `log-group:${group}:log-stream:${this.#actor.ruleName}`);
    return [
      { action: "logs:DescribeLogStreams", resource: all },
      { action: "logs:CreateLogStream", resource: all },
      { action: "logs:PutLogEvents", resource: stream },
    ];
  }

  #refusalOf(topic: string): Publication | undefined {
    const resource = this.#arn("iot", `topic/${topic}`);
    const reason = this.#refusal([{ action: "iot:Publish", resource }]);
    return reason === undefined ? undefined : { accepted: false, reason };
  }

  #demand(needs: readonly Need[], roleArn?: string): void {
    const reason = this.#refusal(needs, roleArn);
    if (reason !== undefined) throw new Error(reason);
  }

  #refusal(needs: readonly Need[], roleArn = this.#actor.roleArn): string | undefined {
    const { identities, access, trustsAbsentRoles } = this.#options;
    const { ruleName: rule } = this.#actor;
    const caller = identities.services.caller(roleArn ?? "", this.#acting);
    if (caller === "absent") {
      if (trustsAbsentRoles) return undefined;
      return `the role "${roleArn}" is not in the template`;
    }
    if ("problem" in caller) return caller.problem;
    return access.refusal({ caller, via: "rule", rule }, needs);
  }

  #demandCall(functionName: string, qualifier?: string): void {
    const { identities, access, policies } = this.#options;
    const { ruleName: rule } = this.#actor;
    const granted = { ...policies.of(functionName, qualifier), isRequired: true };
    const suffix = qualifier === undefined ? "" : `:${qualifier}`;
    const resource = this.#arn("lambda", `function:${functionName}${suffix}`);
    const need = { action: "lambda:InvokeFunction", resource, granted };
    const caller = identities.services.itself(this.#acting);
    const reason = access.refusal({ caller, via: "invoke", rule }, [need]);
    if (reason !== undefined) throw new Error(reason);
  }
}
