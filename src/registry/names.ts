import { TondoError } from "../core/index.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const modelName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;
const tagName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** What `name@tag` or `name@<version id>` means. */
export type ModelReference =
  | { readonly model: string; readonly tag: string; readonly versionId?: never }
  | { readonly model: string; readonly versionId: string; readonly tag?: never };

/** Whether a text has the form of a version id. */
export function isVersionId(text: string): boolean {
  return uuid.test(text);
}

/**
 * Checks a model's name: at most 128 letters, digits, `_`, `-`, `.`, with `/` between parts.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function checkModelName(name: string): string {
  if (name.length <= 128 && modelName.test(name)) return name;
  throw new TondoError("INVALID_ARGUMENT", `model: ${JSON.stringify(name.slice(0, 200))} is not a model's name`, {
    hint: "Use at most 128 letters, digits, _, - and ., with / between parts, such as flights/delay.",
  });
}

/** Names that are no tag's, since they mean something where a tag or a version is named. */
const reservedTags: ReadonlySet<string> = new Set(["all", "any", "head", "latest", "none", "parent", "previous"]);

/**
 * Checks a tag's name: at most 64 letters, digits, `_`, `-`, `.`, beginning with a letter or `_`, not like a UUID, and none that is reserved.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function checkTagName(tag: string): string {
  if (reservedTags.has(tag.toLowerCase())) {
    throw new TondoError("INVALID_ARGUMENT", `tag: ${tag} is reserved, and no tag's name`, {
      hint: `Take another one, such as champion; reserved are ${[...reservedTags].join(", ")}.`,
    });
  }
  if (tag.length <= 64 && tagName.test(tag) && !isVersionId(tag)) return tag;
  throw new TondoError("INVALID_ARGUMENT", `tag: ${JSON.stringify(tag.slice(0, 200))} is not a tag's name`, {
    hint: "Use at most 64 letters, digits, _, - and ., beginning with a letter; it must not look like a version's id.",
  });
}

/**
 * Reads `name@tag` or `name@<version id>`.
 * @throws TondoError `INVALID_ARGUMENT`
 * @example `parseModelReference("flights/delay@champion") // { model: "flights/delay", tag: "champion" }`
 */
export function parseModelReference(text: string): ModelReference {
  const at = text.indexOf("@");
  if (at < 0) {
    throw new TondoError("INVALID_ARGUMENT", `${JSON.stringify(text.slice(0, 200))} does not say which version`, {
      hint: "Write name@tag or name@<version id>, such as flights/delay@champion.",
    });
  }
  const model = checkModelName(text.slice(0, at));
  const which = text.slice(at + 1);
  return isVersionId(which) ? { model, versionId: which.toLowerCase() } : { model, tag: checkTagName(which) };
}
