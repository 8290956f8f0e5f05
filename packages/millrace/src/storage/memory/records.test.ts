import { recordsSuite } from "../records-suite.ts";
import { openMemoryRecords } from "./records.ts";

recordsSuite("memory", {
  create: async () => openMemoryRecords(),
  notPromised: {
    R4: "memory is lost with the process",
    R8: "nothing in memory waits for a commit that could fail",
  },
});
