import { expect, test } from "bun:test";
import { TriggerRights, type TriggerRightsOptions } from "./trigger-rights.ts";

test("the role that counts is that of the version or alias which is called", async () => {
  const roles: Record<string, string> = { $LATEST: "may", live: "may-not" };
  const options = {
    identities: {
      account: { region: "eu-central-1", accountId: "000000000000" },
      services: { caller: (role: string) => ({ role }) },
    },
    access: {
      refusal: async ({ caller }: { caller: { role: string } }) => {
        return caller.role === "may" ? undefined : `${caller.role} is refused`;
      },
    },
    functions: {
      control: {
        describe: async (_name: string, qualifier = "$LATEST") => {
          return { ok: true, value: { definition: { role: roles[qualifier] } } };
        },
      },
    },
    trustsAbsentRoles: false,
  };
  const rights = new TriggerRights(options as unknown as TriggerRightsOptions);
  const arn = "arn:aws:dynamodb:eu-central-1:000000000000:table/t/stream/2026";
  const [now, live] = [{ functionName: "f" }, { functionName: "f", qualifier: "live" }];
  expect(await rights.streamRefusal(now, arn)).toBeUndefined();
  expect(await rights.streamRefusal(live, arn)).toBe("may-not is refused");
  expect(await rights.storeRefusal(now, "bucket", "key")).toBeUndefined();
  expect(await rights.storeRefusal(live, "bucket", "key")).toBe("may-not is refused");
});
