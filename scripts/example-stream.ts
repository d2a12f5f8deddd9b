// `npm run example:stream [-- --keep] [-- --json]`: starts a Kafka and a Cassandra as the tests do, runs examples/stream on them, and ends them; with --keep once it is interrupted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { keyspace } from "../examples/stream/fresh-keyspace.ts";
import { startCassandra } from "../test/servers/cassandra.ts";
import { startKafka } from "../test/servers/kafka.ts";

const usage = `usage: npm run example:stream -- [--keep] [--json]

  --keep  when the example is done, leave Kafka and Cassandra running until Ctrl-C, and say where they are
  --json  print the summary as one JSON object on the last line
`;

const program = join(import.meta.dirname, "../examples/stream/main.ts");

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const interrupted = Promise.withResolvers<"interrupted">();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.resolve("interrupted"));
  process.stderr.write("starting a Kafka and a Cassandra\n");
  // One that is not waited for to the end would outlive this process for a moment, and no longer.
  const [kafka, cassandra] = await Promise.all([startKafka(), startCassandra()]);
  await using _kafka = kafka;
  await using _cassandra = cassandra;
  const servers = ["--kafka", kafka.bootstrap, "--cassandra", cassandra.contactPoint];
  // The client of Kafka sets a timer to a moment gone by, once; it is no matter.
  const hushed = "--disable-warning=TimeoutNegativeWarning";
  const example = spawn(process.execPath, [hushed, program, ...servers, ...(values.json ? ["--json"] : [])], {
    stdio: "inherit",
  });
  const ended = once(example, "exit") as Promise<[code: number | null]>;
  const outcome = await Promise.race([ended, interrupted.promise]);
  if (outcome === "interrupted") {
    example.kill();
    await ended;
    return 130;
  }
  if (values.keep) {
    process.stderr.write(
      `Kafka and Cassandra run until Ctrl-C. Elsewhere:\n  export TONDO_KAFKA=${kafka.bootstrap} TONDO_ONLINE=cassandra://${cassandra.contactPoint}/${keyspace}\n`,
    );
    const stay = setInterval(() => undefined, 60_000);
    await interrupted.promise;
    clearInterval(stay);
  }
  return outcome[0] ?? 1;
}

process.exitCode = await main();
