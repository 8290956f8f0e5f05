import { expect, test } from "bun:test";
import { evaluate } from "../../policy/mod.ts";
import { readSessionPolicy, SessionPolicies } from "./session-policies.ts";

const whole = new SessionPolicies().of({ sessionName: "s", keys: {}, isScopedDown: true })!;

function textWith(condition: string): string {
  const statement = `"Effect": "Allow", "Action": "iot:*", "Resource": "*"`;
  return `{"Version": "2012-10-17", "Statement": {${statement}, "Condition": ${condition}}}`;
}

/** As it comes out of the token in which it was sealed. */
function sealed(text: string): object {
  const read = readSessionPolicy(text);
  if (!read.ok) throw new Error(read.kind);
  return JSON.parse(JSON.stringify(read.policy));
}

function outcomeOf(policy: object, userId: string): string {
  const session = new SessionPolicies().of({ sessionName: "s", keys: {}, policy })!;
  const asked = { action: "iot:Publish", resource: "*", keys: { "aws:userid": userId } };
  return evaluate({ identity: whole, session }, asked).outcome;
}

test.each(["0.10", "1e400", "12345678901234567890", "-0"])(
  "a number is sealed as it was written: %s",
  (number) => {
    const policy = sealed(textWith(`{"StringEquals": {"aws:userid": ${number}}}`));
    expect(outcomeOf(policy, number)).toBe("allowed");
    expect(outcomeOf(policy, `${Number(number)}`)).toBe("implicitDeny");
  },
);

test("a sealed policy that cannot be read any more allows nothing", () => {
  const policy = JSON.parse(textWith(`{"StringResembles": {"aws:userid": "a"}}`));
  expect(outcomeOf(policy, "a")).toBe("implicitDeny");
});
