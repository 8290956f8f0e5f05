/**
 * What a trigger does in the role of the version that it calls: reading the stream, and storing
 * what was given up. [Lambda: Process DynamoDB records with Lambda, Execution role permissions]
 *
 * A stream that lives elsewhere is asked for under the name that it would have here, because that
 * is what a template says of it. The endpoint there has rights of its own.
 */

import type { Functions } from "../../functions/mod.ts";
import { type ApiAccess, arnsOf, type Identities, type Need } from "../../identity/mod.ts";
import { type CalledFunction, tableOfStream } from "../../triggers/mod.ts";

export interface TriggerRightsOptions {
  readonly identities: Pick<Identities, "services" | "account">;
  readonly access: Pick<ApiAccess, "refusal">;
  readonly functions: { readonly control: Pick<Functions["control"], "describe"> };
  /** What is done in a role that is not here is the owner's, and else refused. */
  readonly trustsAbsentRoles: boolean;
}

const actions = ["GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"];
const service = "lambda.amazonaws.com";

export class TriggerRights {
  readonly #options: TriggerRightsOptions;

  constructor(options: TriggerRightsOptions) {
    this.#options = options;
  }

  /** Why the function may not read the stream; `undefined`: it may. */
  streamRefusal(called: CalledFunction, streamArn: string): Promise<string | undefined> {
    const label = streamArn.slice(streamArn.lastIndexOf("/") + 1);
    const arnOf = arnsOf(this.#options.identities.account);
    const resource = arnOf("dynamodb", `table/${tableOfStream(streamArn)}/stream/${label}`);
    const needs = actions.map((action) => ({ action: `dynamodb:${action}`, resource }));
    return this.#refusal(called, needs);
  }

  storeRefusal(
    called: CalledFunction,
    bucketName: string,
    key: string,
  ): Promise<string | undefined> {
    const arnOf = arnsOf(this.#options.identities.account);
    const resource = arnOf("s3", `${bucketName}/${key}`);
    return this.#refusal(called, [{ action: "s3:PutObject", resource }]);
  }

  async #refusal(called: CalledFunction, needs: readonly Need[]): Promise<string | undefined> {
    const { identities, access, functions, trustsAbsentRoles } = this.#options;
    const { functionName, qualifier } = called;
    const found = await functions.control.describe(functionName, qualifier);
    const role = (found.ok && found.value.definition.role) || "";
    const sourceArn = arnsOf(identities.account)("lambda", `function:${functionName}`);
    const acting = { service, sessionName: functionName, sourceArn };
    const caller = identities.services.caller(role, acting);
    if (caller === "absent") {
      return trustsAbsentRoles ? undefined : `the role "${role}" is not in the template`;
    }
    if ("problem" in caller) return caller.problem;
    return access.refusal({ caller, via: "invoke" }, needs);
  }
}
