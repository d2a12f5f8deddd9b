import type { Micros } from "../../../src/core/index.ts";
import type { CassandraLimits } from "../../../src/featurestore/online/cassandra/index.ts";

/** What a process does that pushes to Cassandra: a push and a load, in turns. */
export interface PushWork {
  readonly pushes: number;
  readonly loads: number;
  /** When what it pushes happened. */
  readonly at: Micros;
  /** Where its clock begins, which passes whatever is waited for; absent: the machine's clock. */
  readonly start?: Micros;
  /** At which of its requests it is killed, and whether that is sent before. */
  readonly fatal?: { readonly request: number; readonly isSent: boolean };
  readonly limits: Partial<CassandraLimits>;
}
