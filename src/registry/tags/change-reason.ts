import { TondoError } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";

/** Who changes something, and why. */
export interface ChangeReason {
  readonly actor: string;
  readonly reason: string;
}

/**
 * Checks who does something, by default the registry's own actor, and why.
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function checkReason(context: RegistryContext, given: Partial<ChangeReason>): ChangeReason {
  const { actor = context.actor, reason = "" } = given;
  if (actor === "" || !isText(actor, 256)) throw invalid("actor", "not a text of 1 to 256 characters");
  if (!isText(reason, 4_000)) throw invalid("reason", "not a text of at most 4,000 characters");
  return { actor, reason };
}

function isText(text: string, limit: number): boolean {
  return text.length <= limit && text.isWellFormed() && !text.includes("\0");
}

function invalid(name: string, why: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `${name}: ${why}`, {
    hint: "Correct it and call again; nothing was changed.",
  });
}
