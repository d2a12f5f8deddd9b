import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type * as S3 from "@aws-sdk/client-s3";
import { TondoError } from "../../core/index.ts";
import { Gate } from "./gate.ts";
import { s3Path } from "./s3-address.ts";
import { BrokenAnswer, mayPass, s3Error } from "./s3-error.ts";
import { loadS3 } from "./s3-module.ts";
import { limitsOf, type S3Limits, type S3Options } from "./s3-options.ts";

/** An object as the server has it at one moment. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  /** Another one as soon as the object is written again. */
  readonly etag: string;
  readonly bytes: number;
}

/** A part of a list. */
export interface S3Page {
  readonly objects: readonly S3Object[];
  /** How many folders stand for what lies in them. */
  readonly folders: number;
}

/** The longest pause between two tries. */
const longestPauseMs = 5_000;

/** Requests to S3: each with a time limit, sent again where that may help, and only so many at once. */
export class S3Requests {
  readonly #options: S3Options;
  readonly #limits: S3Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #gate: Gate;
  #opened: Promise<{ readonly sdk: typeof S3; readonly client: S3.S3Client }> | undefined;

  constructor(options: S3Options, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#limits = limitsOf(options);
    this.#signal = signal;
    this.#gate = new Gate(this.#limits.concurrency);
  }

  /** All objects of a bucket whose keys begin so, up to a thousand at a time; with `isFlat` none in a folder below. */
  async *list(bucket: string, prefix: string, isFlat: boolean): AsyncGenerator<S3Page> {
    let from: string | undefined;
    do {
      const page = await this.#send(s3Path(bucket, prefix), async ({ sdk, client }, abortSignal) =>
        pageOf(
          bucket,
          await client.send(
            new sdk.ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(isFlat ? { Delimiter: "/" } : {}),
              ...(from === undefined ? {} : { ContinuationToken: from }),
            }),
            { abortSignal },
          ),
        ),
      );
      yield page;
      from = page.next;
    } while (from !== undefined);
  }

  /** One object. @throws TondoError `SOURCE_MISSING` */
  async head(bucket: string, key: string): Promise<S3Object> {
    const where = s3Path(bucket, key);
    try {
      return await this.#send(where, async ({ sdk, client }, abortSignal) => {
        const { ETag, ContentLength } = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), {
          abortSignal,
        });
        if (ETag === undefined || ContentLength === undefined)
          throw new BrokenAnswer("an object without ETag or length");
        return { bucket, key, etag: ETag, bytes: ContentLength };
      });
    } catch (error) {
      // The answer has no body: whether the bucket or the key lacks is to be asked.
      if (error instanceof TondoError && error.code === "SOURCE_MISSING") {
        await this.#send(where, ({ sdk, client }, abortSignal) =>
          client.send(new sdk.HeadBucketCommand({ Bucket: bucket }), { abortSignal }),
        ).catch((missing: unknown) => {
          if (missing instanceof TondoError && missing.code === "SOURCE_MISSING") throw noBucket(where, missing);
        });
      }
      throw error;
    }
  }

  /**
   * The bytes of an object from `start` up to `end`, as they come; where the request is sent again, from `start` once more.
   *
   * @throws TondoError `SOURCE_CHANGED` where the object is another one by now
   */
  read(
    object: S3Object,
    start: number,
    end: number,
    take: (bytes: Uint8Array, at: number) => Promise<void>,
  ): Promise<void> {
    const { bucket, key, etag } = object;
    const where = s3Path(bucket, key);
    return this.#send(where, async ({ sdk, client }, abortSignal) => {
      const range = `bytes=${String(start)}-${String(end - 1)}`;
      const answer = await client
        .send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key, Range: range, IfMatch: etag }), { abortSignal })
        .catch((error: unknown) => {
          throw isMissing(error) ? replaced(where) : error;
        });
      if (answer.ETag !== etag) throw replaced(where);
      if (answer.ContentLength !== end - start) throw new BrokenAnswer("other bytes than those asked for");
      let at = start;
      for await (const bytes of answer.Body as Readable) {
        const chunk = bytes as Uint8Array;
        if (at + chunk.length > end) throw new BrokenAnswer("more bytes than those asked for");
        await take(chunk, at);
        at += chunk.length;
      }
      if (at !== end) throw new BrokenAnswer("the answer ended early");
    });
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    opened?.client.destroy();
  }

  async #send<T>(
    where: string,
    request: (by: { readonly sdk: typeof S3; readonly client: S3.S3Client }, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { attempts, requestTimeoutMs } = this.#limits;
    const doing = `reading ${where}`;
    const by = await (this.#opened ??= this.#open());
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#gate.pass(async () => {
          this.#signal?.throwIfAborted();
          const late = AbortSignal.timeout(requestTimeoutMs);
          return request(by, this.#signal === undefined ? late : AbortSignal.any([late, this.#signal]));
        });
      } catch (error) {
        this.#refuseAborted(doing);
        if (attempt >= attempts || !mayPass(error)) throw s3Error(error, doing, where);
        const most = Math.min(longestPauseMs, 100 * 2 ** attempt);
        await pause(
          most * (0.5 + Math.random() / 2),
          undefined,
          this.#signal === undefined ? {} : { signal: this.#signal },
        ).catch(() => {
          this.#refuseAborted(doing);
        });
      }
    }
  }

  #refuseAborted(doing: string): void {
    if (this.#signal?.aborted === true)
      throw new TondoError("ABORTED", `${doing} was cancelled`, { cause: this.#signal.reason });
  }

  async #open(): Promise<{ readonly sdk: typeof S3; readonly client: S3.S3Client }> {
    const sdk = await loadS3();
    const { endpoint, credentials } = this.#options;
    const { connectTimeoutMs, requestTimeoutMs } = this.#limits;
    const region = this.#options.region ?? (endpoint === undefined ? undefined : "us-east-1");
    const client = new sdk.S3Client({
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      ...(credentials === undefined ? {} : { credentials }),
      forcePathStyle: this.#options.forcePathStyle ?? endpoint !== undefined,
      followRegionRedirects: true,
      // Tries are counted here, with the reading of the answer.
      maxAttempts: 1,
      // Ranges have no checksum of their own, and not every server knows them.
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { connectionTimeout: connectTimeoutMs, socketTimeout: requestTimeoutMs },
    });
    return { sdk, client };
  }
}

/** What an answer lists. One that leaves something of an object out, or where to go on, would leave objects out of what is read. */
function pageOf(
  bucket: string,
  { Contents = [], CommonPrefixes = [], IsTruncated, NextContinuationToken }: S3.ListObjectsV2CommandOutput,
): S3Page & { readonly next: string | undefined } {
  if (IsTruncated === true && NextContinuationToken === undefined)
    throw new BrokenAnswer("a list that does not say where it goes on");
  const objects = Contents.map(({ Key, ETag, Size }): S3Object => {
    if (Key === undefined || ETag === undefined || Size === undefined)
      throw new BrokenAnswer("a listed object without key, ETag or size");
    return { bucket, key: Key, etag: ETag, bytes: Size };
  });
  return { objects, folders: CommonPrefixes.length, next: IsTruncated === true ? NextContinuationToken : undefined };
}

function isMissing(error: unknown): boolean {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;
}

function replaced(where: string): TondoError {
  return new TondoError("SOURCE_CHANGED", `reading ${where}: the object was replaced or removed while it was read`, {
    where,
    hint: "Run it again when nobody writes it; nothing has been kept.",
  });
}

function noBucket(where: string, cause: TondoError): TondoError {
  return new TondoError("SOURCE_MISSING", `reading ${where}: there is no such bucket`, {
    where,
    hint: "Check the bucket and the endpoint.",
    cause,
  });
}
