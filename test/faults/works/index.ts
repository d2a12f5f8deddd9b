import type { Work } from "../work.ts";
import { erase } from "./erase.ts";
import { eraseServed } from "./erase-served.ts";
import { load } from "./load.ts";
import { logServed } from "./log-served.ts";
import { push } from "./push.ts";
import { rollback } from "./rollback.ts";
import { stream } from "./stream.ts";
import { streamKafka } from "./stream-kafka.ts";

/** All work that processes are ended in, without a server. */
export const works: readonly Work[] = [load, push, stream, rollback, erase, logServed, eraseServed];

/** What needs a Kafka beside it. */
export const kafkaWorks: readonly Work[] = [streamKafka];
