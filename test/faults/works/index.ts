import type { Work } from "../work.ts";
import { erase } from "./erase.ts";
import { eraseServed } from "./erase-served.ts";
import { load } from "./load.ts";
import { logServed } from "./log-served.ts";
import { push } from "./push.ts";
import { rollback } from "./rollback.ts";
import { stream } from "./stream.ts";

/** All work that processes are ended in. */
export const works: readonly Work[] = [load, push, stream, rollback, erase, logServed, eraseServed];
