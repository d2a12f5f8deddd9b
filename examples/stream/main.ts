import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { progressLines, styleOf } from "../../src/cli/output/index.ts";
import { TondoError } from "../../src/index.ts";
import { printSummary, sameValues } from "./print-summary.ts";
import { runStream } from "./run-stream.ts";
import { lacking, type Servers } from "./servers.ts";

const help = `Features of a delivery service, loaded into a Cassandra and kept fresh by a stream from a Kafka.

Usage: node examples/stream/main.ts --kafka HOST:PORT,... --cassandra HOST[:PORT],... [--json]

  --kafka HOST:PORT,...        Kafka's brokers to begin with (default: the environment's TONDO_KAFKA)
  --cassandra HOST[:PORT],...  Cassandra's nodes to begin with (default: the environment's
                               TONDO_CASSANDRA)
  --datacenter NAME            the nodes' data centre (default: datacenter1)
  --folder DIR                 where it runs: a folder with features.tondo (default: examples/stream)
  --json                       print the summary as one JSON object on the last line
  --help                       this text

It makes topics tondo-example-..., the keyspace tondo_example_stream, and in its folder data, training
and .tondo; and begins by removing those of an earlier run. \`npm run example:stream\` starts a Kafka and
a Cassandra, runs it on them, and ends them.

It exits with 1 where a value that was served differs from the training set's.
`;

const { values } = parseArgs({
  options: {
    kafka: { type: "string", default: process.env["TONDO_KAFKA"] ?? "" },
    cassandra: { type: "string", default: process.env["TONDO_CASSANDRA"] ?? "" },
    datacenter: { type: "string", default: "datacenter1" },
    folder: { type: "string", default: dirname(fileURLToPath(import.meta.url)) },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) process.stdout.write(help);
// Cassandra's driver leaves a connection open where it could not connect: that would keep the process from ending.
else process.exit(await main());

async function main(): Promise<number> {
  try {
    const summary = await runStream({
      folder: resolve(values.folder),
      servers: servers(),
      progress: progressLines({
        write: (text) => process.stderr.write(text),
        live: process.stderr.isTTY,
        columns: process.stderr.columns,
        style: styleOf(process.stderr.isTTY),
      }),
    });
    if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else printSummary(summary, process.stdout);
    const { agreement, streamed } = summary;
    return agreement.agree === agreement.compared && sameValues(summary) === streamed.length ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TondoError)) throw error;
    process.stderr.write(
      `error[${error.code}]: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`,
    );
    return 1;
  }
}

/** Where the servers are. @throws TondoError `USAGE` where that is not said */
function servers(): Servers {
  const [brokers, contactPoints] = [listed(values.kafka), listed(values.cassandra)];
  if (!brokers.some((broker) => /:\d+$/.test(broker)))
    throw lacking("USAGE", "it is not said where Kafka is, as HOST:PORT");
  if (contactPoints.length === 0) throw lacking("USAGE", "it is not said where Cassandra is");
  return { brokers, contactPoints, localDataCenter: values.datacenter };
}

function listed(text: string): readonly string[] {
  return text.split(",").flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));
}
