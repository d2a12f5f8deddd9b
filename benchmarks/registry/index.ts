import type { Suite } from "../harness/suite.ts";
import { resolveColdPostgres, resolveColdSqlite, resolveSnapshot, resolveWarm } from "./resolve.ts";
import { registerOneMegabyte, setTag } from "./write.ts";

/** The model registry: resolution in the process and from the database, registration, moves of tags. */
const suite: Suite = {
  name: "registry",
  cases: [resolveSnapshot, resolveWarm, resolveColdSqlite, resolveColdPostgres, registerOneMegabyte, setTag],
};

export default suite;
