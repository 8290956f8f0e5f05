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
import type { Publication, Republication } from "../ports.ts";
import {
  type ActionInput,
  type ActionProblem,
  defineAction,
  failing,
  type Prepared,
  withRendered,
} from "./action.ts";
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
  load({ topic: topicTemplate, qos = 0, headers }, { ruleName, ports, resource, refuse }, given) {
    const unfit = problemOfLiteral(given.topic);
    if (unfit) refuse("topic", unfit);
    const withHeaders = async (input: ActionInput, topic: string) => {
      const properties =
        headers && (await renderHeaders(headers, input, { rule: ruleName, topic }));
      return publishing({ input, topic, properties });
    };
    const publishing = ({ input, topic, properties }: Publishing): Prepared => {
      const { context, output } = input;
      // A member and no getter: sessions store a copy of it.
      const origin = { traceId: context.causeId, ruleDepth: context.origin.ruleDepth + 1 };
      const plain = { topic, payload: output.bytes, qos: qos === 1 ? 1 : 0, origin } as const;
      const message: Republication = properties ? { ...plain, ...properties } : plain;
      return {
        resource: topic,
        perform() {
          const publication = ports.publish(message);
          if (!(publication instanceof Promise)) return problemOf(topic, publication);
          return publication.then((later) => problemOf(topic, later));
        },
      };
    };
    const prepareOn = (input: ActionInput, topic: string): Prepared | Promise<Prepared> => {
      const problem = topicNameProblem(topic);
      if (problem) return failing(topic, `cannot publish on topic "${topic}": ${problem}`);
      return headers ? withHeaders(input, topic) : publishing({ input, topic });
    };
    return {
      prepare(input) {
        const { ruleDepth } = input.context.origin;
        // One more, so that the error action of a rule that feeds itself can tell of it.
        const depthMax = rulesLimits.ruleDepthMax + (input.ofErrors ? 1 : 0);
        if (ruleDepth >= depthMax) {
          const depth = `the message has come ${ruleDepth} steps through rules`;
          return failing(resource, `${depth}, rule "${ruleName}" may feed itself`);
        }
        return withRendered(topicTemplate, input, (topic) => prepareOn(input, topic));
      },
    };
  },
});

/** What is wrong with a topic in which there are no templates. */
function problemOfLiteral(source: string): string | undefined {
  if (source.includes("${")) return undefined;
  const topic = source.startsWith("$$aws/") ? source.slice(1) : source;
  const problem = topicNameProblem(topic);
  return problem && `cannot publish on topic "${topic}": ${problem}`;
}

interface Publishing {
  readonly input: ActionInput;
  readonly topic: string;
  /** What the headers came to. */
  readonly properties?: Partial<Republication> | undefined;
}

function problemOf(topic: string, { accepted, reason }: Publication): ActionProblem {
  if (accepted) return undefined;
  return `topic "${topic}" was refused: ${reason ?? "no reason given"}`;
}
