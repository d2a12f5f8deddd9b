import { TondoError } from "../../core/index.ts";
import { isKeyOf, parseS3Path } from "./s3-address.ts";
import type { S3Object, S3Requests } from "./s3-requests.ts";

/**
 * The objects that a path of S3 stands for, sorted by key: that of the key itself, else those of the pattern.
 *
 * @throws TondoError `SOURCE_MISSING`, `LIMIT_EXCEEDED`, `INVALID_ARGUMENT`, and what requests throw
 */
export async function listObjects(
  requests: S3Requests,
  path: string,
  what: string,
  { maxFiles, maxListed }: { readonly maxFiles: number; readonly maxListed: number },
): Promise<readonly S3Object[]> {
  const address = parseS3Path(path, what);
  const { bucket, key, prefix, isPattern, isFlat } = address;
  if (!isPattern) return [await requests.head(bucket, key)];
  const objects: S3Object[] = [];
  let listed = 0;
  for await (const page of requests.list(bucket, prefix, isFlat)) {
    for (const object of page.objects) {
      if (object.key === key) return [object];
      if (isKeyOf(address, object.key)) objects.push(object);
    }
    listed += page.objects.length + page.folders;
    if (objects.length > maxFiles) {
      throw new TondoError("LIMIT_EXCEEDED", `${what}: "${path}" stands for more than ${String(maxFiles)} objects`, {
        where: path,
        hint: "Join them into fewer, larger objects.",
      });
    }
    if (listed > maxListed) {
      throw new TondoError(
        "LIMIT_EXCEEDED",
        `${what}: of "${path}" more than ${String(maxListed)} objects and folders would have to be looked at`,
        { where: path, hint: "Write more of the path before its first *, or raise `s3.maxListed`." },
      );
    }
  }
  if (objects.length === 0) {
    throw new TondoError("SOURCE_MISSING", `${what}: no object at "${path}"`, {
      where: path,
      hint: "Check the bucket, the endpoint and the pattern; the case of keys counts.",
    });
  }
  return objects.sort((a, b) => (a.key < b.key ? -1 : 1));
}
