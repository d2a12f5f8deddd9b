import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, it } from "vitest";
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

function requestsTo(endpoint: string): S3Requests {
  return new S3Requests({ endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } }, undefined);
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
    for await (const page of requests.list("b", "k", false)) keys.push(...page.map(({ key }) => key));
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
