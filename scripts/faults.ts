// `npm run faults [-- --kills 10] [--seed N] [--only WORK]`: ends processes by SIGKILL before and after each fsync, rename, batch, pointer switch, drop and append of
// loads, pushes, streams, rollbacks, erasures and the log of served features, so many times at each, and holds what they leave against the oracle.
import { parseArgs } from "node:util";
import { makeFaults } from "../test/faults/faults.ts";
import { kafkaWorks, works } from "../test/faults/works/index.ts";
import { faultKafka } from "../test/faults/works/stream-kafka.ts";
import { startKafka } from "../test/servers/kafka.ts";

const all = [...works, ...kafkaWorks];

const usage = `usage: npm run faults -- [--kills N] [--seed N] [--only WORK]...

  --kills N     how many times at each point, each in another random history (default 10)
  --seed N      where to begin (default: the time)
  --only WORK   only this work: ${all.map(({ name }) => name).join(", ")}
`;

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a count of at least 1, not ${text}`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "10" },
      seed: { type: "string", default: String((Date.now() % 2_000_000_000) + 1) },
      only: { type: "string", multiple: true, default: all.map(({ name }) => name) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const chosen = all.filter(({ name }) => values.only.includes(name));
  const other = values.only.find((name) => !all.some((work) => work.name === name));
  if (other !== undefined) throw new Error(`there is no work "${other}"\n${usage}`);
  const seed = count("seed", values.seed);
  process.stdout.write(`seed ${String(seed)}\n`);
  await using kafka = chosen.some((work) => kafkaWorks.includes(work)) ? await startKafka() : undefined;
  if (kafka !== undefined) process.env[faultKafka] = kafka.bootstrap;
  const times = new Map<string, number>();
  const made = await makeFaults({
    ...{ works: chosen, kills: count("kills", values.kills), seed },
    onFault: ({ work, point }) => {
      const id = `${work}: ${point}`;
      times.set(id, (times.get(id) ?? 0) + 1);
    },
  });
  for (const [id, n] of times) process.stdout.write(`${String(n).padStart(4)}  ${id}\n`);
  process.stdout.write(
    `${String(made.length)} kills at ${String(times.size)} points: nothing acknowledged was lost, nothing else was served\n`,
  );
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
