/** Lambda: the output is a function's event. What becomes of the event is the function's affair. */

import { name, required } from "../payload/members.ts";
import { defineAction, failing, withRendered } from "./action.ts";

/** A name, or an ARN that ends in one; behind it a version or an alias. */
const functionPattern = /^(?:arn:[^:]+:lambda:[^:]*:[^:]*:function:)?([\w-]+)(?::([\w$-]+))?$/;

interface FunctionAddress {
  readonly functionName: string;
  readonly qualifier: string | undefined;
}

function parseArn(functionArn: string): FunctionAddress | undefined {
  const [, functionName, behind] = functionPattern.exec(functionArn) ?? [];
  if (functionName === undefined) return undefined;
  return { functionName, qualifier: behind === "$LATEST" ? undefined : behind };
}

export const lambda = defineAction({
  failedName: "LambdaAction",
  resource: "functionArn",
  members: { functionArn: required(name()) },
  load({ functionArn: arnTemplate }, { ports, refuse }, given) {
    if (!given.functionArn.includes("${") && !parseArn(given.functionArn)) {
      refuse("functionArn", `"${given.functionArn}" names no function`);
    }
    return {
      prepare(input) {
        return withRendered(arnTemplate, input, (functionArn) => {
          const found = parseArn(functionArn);
          if (!found) return failing(functionArn, `"${functionArn}" names no function`);
          const { value, bytes } = input.output;
          if (value === undefined) {
            return failing(functionArn, "the result is not JSON, which an event must be");
          }
          return {
            resource: functionArn,
            async perform() {
              await ports.invokeAsync(found.functionName, bytes, found.qualifier);
              return undefined;
            },
          };
        });
      },
    };
  },
});
