import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { S3Requests } from "../../../src/featurestore/s3/s3-requests.ts";

let server: Server | undefined;
afterEach(() => server?.close());

/** A server of lists alone: each page has one object, and says where the next begins. */
async function listing(pages: number): Promise<string> {
  server = createServer((request, answer) => {
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
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${String(typeof address === "object" && address !== null ? address.port : 0)}`;
}

it("lists all pages", async () => {
  const requests = new S3Requests(
    { endpoint: await listing(3), credentials: { accessKeyId: "a", secretAccessKey: "b" } },
    undefined,
  );
  try {
    const keys: string[] = [];
    for await (const page of requests.list("b", "k", false)) keys.push(...page.map(({ key }) => key));
    expect(keys).toEqual(["k0", "k1", "k2"]);
  } finally {
    await requests.close();
  }
});
