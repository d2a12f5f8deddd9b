import type { Suite } from "../harness/suite.ts";
import { streamCassandra } from "./cassandra-stream.ts";
import { decisions, takeovers } from "./decisions.ts";
import { delayAtHalfLoad } from "./delay-at-half-load.ts";
import { fullRecords } from "./full-records.ts";
import { overlayReads } from "./overlay-reads.ts";

const suite: Suite = {
  name: "scaling",
  cases: [
    ...[decisions(1), decisions(8), takeovers(64), takeovers(256), streamCassandra(1000), streamCassandra(10_000)],
    ...[overlayReads(0), overlayReads(100), fullRecords, delayAtHalfLoad],
  ],
};

export default suite;
