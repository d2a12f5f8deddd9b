import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { freshTopic, type FreshTopic } from "./fresh-topic.ts";
import { type RunningKafka, startKafka } from "./kafka.ts";
import { kafkaClient } from "./kafka-client.ts";
import { kafkaJars } from "./kafka-jars.ts";
import { readTopic } from "./read-topic.ts";

const large = 10 * 1024 * 1024;

let server: RunningKafka;
beforeAll(async () => {
  server = await startKafka({ maxMessageBytes: large + 1024 });
});
afterAll(() => server.stop());

const inOrder = (values: readonly (Buffer | null)[]): readonly string[] => values.map(String).sort();

async function send({ topic, producer }: FreshTopic, ...values: readonly (string | Buffer)[]): Promise<void> {
  await producer.send({ topic, messages: values.map((value) => ({ key: null, value })) });
}

it("takes and gives what it is told to be large enough for, and no more", async () => {
  await using fresh = await freshTopic({ server, partitions: 1 });
  const value = randomBytes(large);
  await send(fresh, value);
  const [message] = await readTopic(fresh);
  expect(message?.value?.equals(value)).toBe(true);
  await expect(send(fresh, Buffer.concat([value, value]))).rejects.toThrow("larger than the max message size");
});

it("frozen it answers nobody, and goes on as if nothing had been", async () => {
  await using fresh = await freshTopic({ server });
  const hasty = kafkaClient(server, { requestTimeout: 500, connectionTimeout: 500, retry: { retries: 0 } }).admin();
  const ask = async (): Promise<number> => (await hasty.fetchTopicOffsets(fresh.topic)).length;
  await hasty.connect();
  expect(await ask()).toBe(4);
  await server.freeze();
  await expect(ask()).rejects.toThrow("timed out");
  await server.thaw();
  await hasty.disconnect();
  await send(fresh, "thawed");
  expect(inOrder((await readTopic(fresh)).map(({ value }) => value))).toEqual(["thawed"]);
});

it("killed and started again it has its address, and all that it had acknowledged", async () => {
  const { pid, bootstrap } = server;
  await using fresh = await freshTopic({ server });
  const values = Array.from({ length: 100 }, (_, k) => `v${String(k).padStart(2, "0")}`);
  await send(fresh, ...values.slice(0, 50));
  for (const value of values.slice(50)) await send(fresh, value);
  await expect(server.start()).rejects.toThrow("Kafka runs already");
  await server.kill();
  const stranger = kafkaClient(server, { retry: { retries: 0 } }).admin();
  await expect(stranger.connect()).rejects.toThrow("ECONNREFUSED");
  await expect(server.freeze()).rejects.toThrow("Kafka does not run");
  await server.start();
  expect(server.pid).not.toBe(pid);
  const found = await readTopic({ kafka: kafkaClient({ bootstrap }), topic: fresh.topic });
  expect(inOrder(found.map(({ value }) => value))).toEqual(values);
});

it("the first on a machine leaves what makes those after it boot faster, once", async () => {
  const caches = mkdtempSync(join(tmpdir(), "tondo-kafka-cache-"));
  onTestFinished(() => rmSync(caches, { recursive: true }));
  const jars = await kafkaJars();
  const own = join(caches, "tondo-test", basename(jars));
  const fetched = (path: string): boolean => path === jars || path.endsWith(".jar");
  cpSync(jars, own, { recursive: true, preserveTimestamps: true, filter: fetched });
  const left = (): readonly (readonly [string, number])[] => {
    const names = readdirSync(own).filter((name) => !name.endsWith(".jar"));
    return names.sort().map((name) => [name, statSync(join(own, name)).mtimeMs]);
  };
  vi.stubEnv("XDG_CACHE_HOME", caches);
  onTestFinished(() => void vi.unstubAllEnvs());
  const use = async (): Promise<void> => {
    await using own = await startKafka();
    await using fresh = await freshTopic({ server: own });
    await send(fresh, "kept");
    expect((await readTopic(fresh)).map(({ value }) => String(value))).toEqual(["kept"]);
  };
  expect(left()).toEqual([]);
  await use();
  const first = left();
  expect(first.map(([name]) => name)).toEqual(["bootstrap.checkpoint", expect.stringMatching(/^classes-\w+\.jsa$/)]);
  await use();
  expect(left()).toEqual(first);
});
