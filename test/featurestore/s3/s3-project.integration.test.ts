import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  checkProject,
  loadProject,
  makeTrainingSet,
  s3Files,
  type TrainingSet,
} from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";
import { jsonOf, tondoWith } from "../../cli/run-tondo.ts";
import { type RunningS3, startS3 } from "../../servers/seaweedfs.ts";
import { day, definitions, smallProject, type SmallProject, start, writeRows } from "../offline/small-project.ts";
import { type S3Proxy, startProxy } from "./s3-proxy.ts";

let server: RunningS3;
let proxy: S3Proxy;
let client: S3Client;
let small: SmallProject;
/** The same project, its data in S3. */
let folder: string;
let tondo: Tondo;
let local: TrainingSet;

const split = { holdout: { from: BigInt(start + 20 * day) } };
const inS3 = definitions.replaceAll('"data/', '"s3://open/data/');

async function put(Key: string, Body: Uint8Array): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: "open", Key, Body }));
}

async function putFile(path: string): Promise<void> {
  await put(path, await readFile(join(small.folder, path)));
}

beforeAll(async () => {
  [server, small] = await Promise.all([startS3(), smallProject()]);
  proxy = await startProxy(server.endpoint);
  client = new S3Client({
    ...{ endpoint: server.endpoint, region: "us-east-1", forcePathStyle: true },
    credentials: server.writer,
  });
  await client.send(new CreateBucketCommand({ Bucket: "open" }));
  for (const path of ["orders/a.parquet", "orders/b.parquet", "stores.parquet", "towns.csv"])
    await putFile(`data/${path}`);
  await putFile("left.parquet");
  folder = await mkdtemp(join(tmpdir(), "tondo-in-s3-"));
  await writeFile(join(folder, "eta.tondo"), inS3);
  tondo = await open({ folder, s3: { endpoint: proxy.endpoint, credentials: server.reader } });
  await tondo.apply();
  const vector = small.project.plan.vectors.find(({ name }) => name === "eta");
  if (vector === undefined) throw new Error("no vector eta");
  local = await makeTrainingSet({ vector, rows: "left.parquet", split, folder: small.folder, output: "local" });
});
afterAll(async () => {
  await tondo.close();
  client.destroy();
  await proxy.stop();
  await server.stop();
  await small.remove();
  await rm(folder, { recursive: true, force: true });
});

function gets(): readonly string[] {
  return proxy.seen.flatMap(({ method, path }) =>
    method === "GET" && !path.includes("list-type") ? (path.split("?")[0] ?? "") : [],
  );
}

describe("a project whose data lie in S3", () => {
  it("makes the training set that it makes of files, byte by byte, and names the objects", async () => {
    const set = await tondo.trainingSet({ vector: "eta", rows: "s3://open/left.parquet", split, output: "set" });
    expect(set.manifest.files).toEqual(local.manifest.files);
    expect(set.manifest.inputsDigest).toBe(local.manifest.inputsDigest);
    const named = ({ manifest }: TrainingSet): readonly (readonly [string, string, number])[] =>
      [...manifest.sources.flatMap(({ files }) => files), ...manifest.left.files].map(
        ({ path, sha256, bytes }) => [path, sha256, bytes] as const,
      );
    expect(named(set)).toEqual(named(local).map(([path, ...rest]) => [`s3://open/${path}`, ...rest]));
    expect(set.manifest.specification).toMatchObject({ rows: "s3://open/left.parquet" });
  });

  it("fetches each object once, whatever is done with it, and keeps no secret", async () => {
    expect([...gets()].sort()).toEqual([...new Set(gets())].sort());
    proxy.seen.length = 0;
    await tondo.trainingSet({ vector: "plain", rows: "s3://open/left.parquet", output: "plain" });
    const { groups } = await tondo.materialize({ asOf: BigInt(start + 20 * day) });
    expect(groups.every(({ status }) => status === "loaded")).toBe(true);
    expect(
      (await tondo.featureStats({ vector: "plain", rows: "s3://open/left.parquet" })).subject.rows,
    ).toBeGreaterThan(100);
    expect(gets()).toEqual([]);
    for (const one of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!one.isFile()) continue;
      const bytes = await readFile(join(one.parentPath, one.name));
      for (const secret of [server.reader.accessKeyId, server.reader.secretAccessKey])
        expect(bytes.includes(secret), one.name).toBe(false);
    }
  });

  it("is opened as docs/training-sets.md shows it, with the keys of the environment", async () => {
    const page = await readFile(join(import.meta.dirname, "../../../docs/training-sets.md"), "utf8");
    const [, block = ""] = /^```ts s3\n(.*?)^```$/ms.exec(page) ?? [];
    const program = block
      .replace("https://minio.internal:9000", proxy.endpoint)
      .replace('folder: "."', `folder: ${JSON.stringify(folder)}`);
    vi.stubEnv("AWS_ACCESS_KEY_ID", server.reader.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.reader.secretAccessKey);
    try {
      // The page's own program, and no other text.
      // eslint-disable-next-line @typescript-eslint/no-implied-eval
      const run = new Function("open", `return (async () => { ${program}; return tondo; })()`) as (
        by: typeof open,
      ) => Promise<Tondo>;
      await using opened = await run(open);
      expect((await opened.check()).diagnostics).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("is checked by the command, which looks at the first object of a path, and takes its keys from the environment", async () => {
    const environment = {
      AWS_ACCESS_KEY_ID: server.reader.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.reader.secretAccessKey,
      AWS_REGION: "us-east-1",
    };
    const own = await mkdtemp(join(tmpdir(), "tondo-in-s3-"));
    try {
      await writeFile(join(own, "eta.tondo"), inS3);
      proxy.seen.length = 0;
      const checked = await tondoWith({ folder: own, environment }, "check", "--s3-endpoint", proxy.endpoint);
      expect(checked).toMatchObject({ code: 0 });
      expect(gets()).toEqual(["/open/data/orders/a.parquet", "/open/data/stores.parquet", "/open/data/towns.csv"]);
      const wrong = { ...environment, AWS_SECRET_ACCESS_KEY: "wrong", AWS_ENDPOINT_URL_S3: proxy.endpoint };
      const refused = await tondoWith({ folder: own, environment: wrong }, "check");
      expect(refused.code).toBe(1);
      expect(refused.out).toContain("the credentials are refused (SignatureDoesNotMatch)");
      expect(refused.out).not.toContain(server.reader.accessKeyId);
      const applied = await tondoWith(
        { folder: own, environment: wrong },
        "training-set",
        "eta",
        "--rows",
        "s3://open/x",
        "--output",
        "o",
        "--s3-cache-limit",
        "few",
        "--json",
      );
      expect(jsonOf(applied)).toMatchObject({ error: { code: "USAGE" } });
    } finally {
      await rm(own, { recursive: true });
    }
  });

  it("is made again, unless an object changed, went or came: which is said", async () => {
    const same = await tondo.reproduce({ set: "set", output: "again" });
    expect(same.differences).toEqual([]);
    await put("data/stores.parquet", await readFile(join(small.folder, "data/orders/a.parquet")));
    await putFile("data/orders/a.parquet");
    await client.send(new DeleteObjectCommand({ Bucket: "open", Key: "data/orders/b.parquet" }));
    await put("data/orders/c.parquet", await readFile(join(small.folder, "data/orders/b.parquet")));
    await expect(tondo.reproduce({ set: "set", output: "other" })).rejects.toMatchObject({
      code: "NOT_REPRODUCIBLE",
      details: {
        changes: [
          'source "orders": "s3://open/data/orders/b.parquet" is gone',
          'source "orders": "s3://open/data/orders/c.parquet" is new',
          'source "stores": "s3://open/data/stores.parquet" has changed',
        ],
      },
    });
    for (const path of ["data/stores.parquet", "data/orders/b.parquet"]) await putFile(path);
    await client.send(new DeleteObjectCommand({ Bucket: "open", Key: "data/orders/c.parquet" }));
  });

  it("names the object, and not its copy, where one cannot be read", async () => {
    const whole = await readFile(join(small.folder, "data/orders/b.parquet"));
    await put("data/orders/b.parquet", whole.subarray(0, whole.length - 100));
    const broken: unknown = await tondo
      .trainingSet({ vector: "eta", rows: "s3://open/left.parquet", output: "broken" })
      .catch((error: unknown) => error);
    expect(broken).toMatchObject({ code: "SOURCE_UNREADABLE" });
    expect(JSON.stringify(broken)).toContain("s3://open/data/orders/b.parquet");
    expect(JSON.stringify(broken)).not.toContain("cache");
    await writeRows(join(folder, "other.parquet"), [{ ordered_at: start, loaded_at: start, store: "r1" }]);
    await put("data/orders/b.parquet", await readFile(join(folder, "other.parquet")));
    await expect(
      tondo.trainingSet({ vector: "eta", rows: "s3://open/left.parquet", output: "broken" }),
    ).rejects.toMatchObject({ code: "SOURCE_CHANGED", where: "s3://open/data/orders/b.parquet" });
    await putFile("data/orders/b.parquet");
    expect(await readdir(folder)).not.toContain("broken");
  });

  it("is refused where nothing reads S3, and where its bucket lacks", async () => {
    const { plan } = await tondo.check();
    const vector = plan?.vectors.find(({ name }) => name === "eta");
    if (vector === undefined) throw new Error("no vector eta");
    await expect(makeTrainingSet({ vector, rows: "left.parquet", folder, output: "none" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      where: "s3://open/data/orders/*.parquet",
    });
    const own = await mkdtemp(join(tmpdir(), "tondo-in-s3-"));
    try {
      await writeFile(join(own, "eta.tondo"), inS3.replaceAll("s3://open", "s3://none-such"));
      const { endpoint, writer: credentials } = server;
      const remote = s3Files({ endpoint, credentials, cacheFolder: join(own, "cache") });
      const { diagnostics } = await checkProject({ folder: own, remote });
      expect(diagnostics[0]).toMatchObject({
        code: "source-missing",
        message: expect.stringContaining("no such bucket") as string,
      });
      await expect(loadProject(own)).rejects.toMatchObject({ code: "DEFINITIONS_INVALID" });
    } finally {
      await rm(own, { recursive: true });
    }
  });
});
