/**
 * Republish: the output becomes a message on another topic.
 *
 * The new message carries the trace on and counts one rule more; its client is nobody. A rule that
 * feeds itself is stopped at a depth and named. It is never retained: AWS's action has no member
 * that would say so.
 */

import { topicNameProblem } from "@millrace/mqtt";
import { rulesLimits } from "../limits.ts";
import { integer, required, roleArn, template } from "../payload/members.ts";
import { defineAction, failing, render } from "./action.ts";
import { headersMember, renderHeaders } from "./republish-headers.ts";

export const republish = defineAction({
  failedName: "RepublishAction",
  resource: "topic",
  members: {
    topic: required(template({ dollarEscaped: true })),
    roleArn: required(roleArn),
    qos: integer(0, 1),
    headers: headersMember,
  },
  load({ topic: topicTemplate, qos = 0, headers }, { ruleName, ports, resource }) {
    return {
      async prepare(input) {
        const { ruleDepth } = input.context.origin;
        // One more, so that the error action of a rule that feeds itself can tell of it.
        const depthMax = rulesLimits.ruleDepthMax + (input.ofErrors ? 1 : 0);
        if (ruleDepth >= depthMax) {
          const depth = `the message has come through ${ruleDepth} rules`;
          return failing(resource, `${depth}, rule "${ruleName}" may feed itself`);
        }
        const topic = await render(topicTemplate, input);
        const problem = topicNameProblem(topic);
        if (problem) return failing(topic, `cannot publish on topic "${topic}": ${problem}`);
        const origin = { traceId: input.context.causeId, ruleDepth: ruleDepth + 1 };
        const told = { rule: ruleName, topic };
        const rendered = headers && (await renderHeaders(headers, input, told));
        const payload = input.output.bytes;
        return {
          resource: topic,
          async perform() {
            const message = {
              topic,
              payload,
              qos: qos === 1 ? 1 : 0,
              origin,
              ...rendered,
            } as const;
            const { accepted, reason } = await ports.publish(message);
            if (accepted) return undefined;
            return `topic "${topic}" was refused: ${reason ?? "no reason given"}`;
          },
        };
      },
    };
  },
});
