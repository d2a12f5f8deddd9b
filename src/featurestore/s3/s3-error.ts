import { TondoError } from "../../core/index.ts";

/** What an error of the SDK says of itself. */
interface SaidByS3 {
  readonly name: string;
  /** The server's own word, such as `NoSuchKey`; answers without a body have none. */
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly message: string;
}

/** An answer that is not what was asked for: the connection broke, the server does not know ranges, or leaves out what it must say. */
export class BrokenAnswer extends Error {
  override readonly name: string = "BrokenAnswer";
}

/** Errors of the server, of the network and of time that another try may not meet. */
export function mayPass(error: unknown): boolean {
  if (error instanceof TondoError) return false;
  const { name, code, status, message } = saidBy(error);
  if (error instanceof BrokenAnswer || name === "TimeoutError" || name === "AbortError") return true;
  if (status === 429 || (status !== undefined && status >= 500)) return true;
  if (/^(SlowDown|RequestTimeout|RequestTimeTooSkewed|Throttling)/.test(code ?? name)) return true;
  return status === undefined && isOfNetwork(code, message);
}

/**
 * An error of the SDK as this library's. What it carries beside its name and its sentence is left behind: a refused signature brings the
 * key's name and what was signed.
 */
export function s3Error(error: unknown, doing: string, where: string): TondoError {
  if (error instanceof TondoError) return error;
  const said = saidBy(error);
  const { name, status, message } = said;
  const code = said.code ?? name;
  const of = (kind: TondoError["code"], sentence: string, hint: string): TondoError =>
    new TondoError(kind, `${doing}: ${sentence}`, {
      where,
      hint,
      details: { ...(status === undefined ? {} : { status }), reason: code },
      cause: new Error(`${code}: ${message}`),
    });
  if (status === 412)
    return of("SOURCE_CHANGED", "the object was replaced while it was read", "Run it again when nobody writes it.");
  if (code === "NoSuchBucket")
    return of("SOURCE_MISSING", "there is no such bucket", "Check the bucket and the endpoint.");
  if (status === 404) return of("SOURCE_MISSING", "there is no such object", "Check the key; its case counts.");
  if (name === "CredentialsProviderError" || /could not load credentials/i.test(message)) {
    return of(
      "STORAGE_DENIED",
      "there are no credentials",
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or give `s3.credentials`.",
    );
  }
  if (/^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired)/.test(code))
    return of(
      "STORAGE_DENIED",
      `the credentials are refused (${code})`,
      "Check the access key, its secret and its token.",
    );
  if (status === 401 || status === 403) {
    return of(
      "STORAGE_DENIED",
      "access is denied",
      "Reading takes s3:GetObject, a path with * also s3:ListBucket. Where an object is missing, S3 says so only to who may list.",
    );
  }
  if (/region is missing/i.test(message))
    return of("STORAGE_FAILED", "no region is given", "Set AWS_REGION, or give --s3-region or `s3.region`.");
  if (mayPass(error))
    return of("STORAGE_UNAVAILABLE", reasonOf(said), "Check the endpoint and the network, then run it again.");
  return of("STORAGE_FAILED", `${code}: ${message}`, "Check the endpoint, the region and `forcePathStyle`.");
}

function reasonOf({ name, code, status, message }: SaidByS3): string {
  if (name === "TimeoutError" || name === "AbortError") return "the server did not answer in time";
  if (name === "BrokenAnswer") return `the server's answer is broken: ${message}`;
  return status === undefined
    ? `the server cannot be reached (${code ?? message})`
    : `the server answers ${String(status)} ${code ?? ""}`.trimEnd();
}

function isOfNetwork(code: string | undefined, message: string): boolean {
  return /^(E[A-Z]+|UND_ERR\w*)$/.test(code ?? "") || /socket hang up|aborted|network/i.test(message);
}

function saidBy(error: unknown): SaidByS3 {
  const { name, Code, code, message, $metadata } = error as {
    readonly name?: string;
    readonly Code?: string;
    readonly code?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return {
    name: name ?? "Error",
    code: Code ?? code,
    status: $metadata?.httpStatusCode,
    message: message ?? String(error),
  };
}
