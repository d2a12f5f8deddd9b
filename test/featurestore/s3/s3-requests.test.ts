import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { listObjects } from "../../../src/featurestore/s3/list-objects.ts";
import type { S3Options } from "../../../src/featurestore/s3/s3-options.ts";
import { S3Requests } from "../../../src/featurestore/s3/s3-requests.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that answers so. */
async function answering(answers: RequestListener): Promise<string> {
  server = createServer(answers).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === "object" && address !== null ? address.port : 0)}`;
}

function requestsTo(endpoint: string, options: S3Options = {}): S3Requests {
  return new S3Requests({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" }, ...options }, undefined);
}

/** A server of lists alone: each page has one object, and says where the next begins. */
function listing(pages: number): Promise<string> {
  return answering((request, answer) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const page = Number(url.searchParams.get("continuation-token") ?? "0");
    const more = page + 1 < pages;
    answer.writeHead(200, { "content-type": "application/xml" });
    answer.end(
      `<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>${String(more)}</IsTruncated>` +
        `<Contents><Key>k${String(page)}</Key><ETag>"e"</ETag><Size>1</Size></Contents>` +
        `${more ? `<NextContinuationToken>${String(page + 1)}</NextContinuationToken>` : ""}</ListBucketResult>`,
    );
  });
}

it("lists all pages", async () => {
  const requests = requestsTo(await listing(3));
  try {
    const keys: string[] = [];
    for await (const page of requests.list("b", "k", false)) keys.push(...page.objects.map(({ key }) => key));
    expect(keys).toEqual(["k0", "k1", "k2"]);
  } finally {
    await requests.close();
  }
});

it("reads no other version than the one asked for, whatever a server makes of If-Match", async () => {
  const asked: (string | undefined)[] = [];
  const requests = requestsTo(
    await answering((request, answer) => {
      asked.push(request.headers["if-match"]);
      answer.writeHead(206, { etag: '"new"', "content-length": "4" }).end("1234");
    }),
  );
  try {
    const read = requests.read({ bucket: "b", key: "k", etag: '"old"', bytes: 4 }, 0, 4, () => Promise.resolve());
    await expect(read).rejects.toMatchObject({ code: "SOURCE_CHANGED", where: "s3://b/k" });
    expect(asked).toEqual(['"old"']);
  } finally {
    await requests.close();
  }
});

it.each([
  ["an ETag", "<Key>k</Key><Size>1</Size>", ""],
  ["a size", '<Key>k</Key><ETag>"e"</ETag>', ""],
  ["a key", '<ETag>"e"</ETag><Size>1</Size>', ""],
  ["what the next page begins with", "", "<IsTruncated>true</IsTruncated>"],
])("refuses a list without %s, which would leave objects out", async (_, object, more) => {
  let asked = 0;
  const endpoint = await answering((_request, answer) => {
    asked++;
    answer.writeHead(200, { "content-type": "application/xml" });
    const whole = '<Contents><Key>a</Key><ETag>"e"</ETag><Size>1</Size></Contents>';
    const other = object === "" ? "" : `<Contents>${object}</Contents>`;
    answer.end(`<?xml version="1.0"?><ListBucketResult><Name>b</Name>${more}${whole}${other}</ListBucketResult>`);
  });
  const requests = requestsTo(endpoint, { attempts: 2 });
  try {
    await expect(requests.list("b", "k", false).next()).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      where: "s3://b/k",
      message: expect.stringContaining("the server's answer is broken: ") as string,
    });
    expect(asked).toBe(2);
  } finally {
    await requests.close();
  }
});

it.each([0, -1, 1.5, Number.NaN])("refuses %s as a limit", (attempts) => {
  expect(() => requestsTo("http://127.0.0.1:9", { attempts })).toThrow(
    `s3.attempts: ${String(attempts)} is no positive whole number`,
  );
});

it("takes the default of a limit that is given as undefined", async () => {
  const endpoint = await answering((_, answer) => {
    answer.writeHead(200, { "content-length": "4", etag: '"e"' }).end();
  });
  const nothing: Readonly<Record<string, undefined>> = { concurrency: undefined, attempts: undefined };
  const requests = requestsTo(endpoint, { ...nothing, requestTimeoutMs: 2_000 });
  try {
    expect(await requests.head("b", "k")).toMatchObject({ bytes: 4 });
  } finally {
    await requests.close();
  }
});

it("counts the folders that are looked at, too", async () => {
  let asked = 0;
  const endpoint = await answering((_, answer) => {
    answer.writeHead(200, { "content-type": "application/xml" });
    const folders = Array.from({ length: 10 }, (_one, i) => `<Prefix>k${String(10 * asked + i)}/</Prefix>`);
    answer.end(
      `<?xml version="1.0"?><ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated>` +
        `<NextContinuationToken>${String(++asked)}</NextContinuationToken>` +
        `${folders.map((folder) => `<CommonPrefixes>${folder}</CommonPrefixes>`).join("")}</ListBucketResult>`,
    );
  });
  const requests = requestsTo(endpoint);
  try {
    await expect(
      listObjects(requests, "s3://bucket/k*", "rows", { maxFiles: 100, maxListed: 25 }),
    ).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
    expect(asked).toBe(3);
  } finally {
    await requests.close();
  }
});

it("asks again where an object comes without an ETag", async () => {
  let asked = 0;
  const endpoint = await answering((_, answer) => {
    answer.writeHead(200, { "content-length": "4", ...(++asked < 3 ? {} : { etag: '"e"' }) }).end();
  });
  const requests = requestsTo(endpoint, { attempts: 2 });
  try {
    await expect(requests.head("b", "k")).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: "reading s3://b/k: the server's answer is broken: an object without ETag or length",
    });
    expect(await requests.head("b", "k")).toEqual({ bucket: "b", key: "k", etag: '"e"', bytes: 4 });
  } finally {
    await requests.close();
  }
});
