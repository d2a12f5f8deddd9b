/**
 * Why a load computed all keys of a group:
 * - `first`: nothing was loaded before
 * - `asked`: it was asked for
 * - `table`: a table has no times that would tell what is new
 * - `earlier`: it is as of a moment before that of what was current, or its moment had not come when that was switched to
 * - `definitions`: the source, the key or what is stored is defined otherwise
 * - `erasures`: other keys are erased
 * - `files`: a file that was read was changed, moved or removed since; or another release of Tondo made what was current
 * - `computed`: keys or times are computed by JavaScript: to find what is new costs as much
 * - `too-long`: keys are longer than a store takes: how many would not be known
 * - `share`: the keys with something new are more than `changedShare` of all, or than `changedKeys`
 * - `records`: what was current lacks records, or some do not decode
 */
export type FullReason =
  | "first"
  | "asked"
  | "table"
  | "earlier"
  | "definitions"
  | "erasures"
  | "files"
  | "computed"
  | "too-long"
  | "share"
  | "records";

/** How a group was loaded: all of its keys computed, or those with something new alone, and the records of the others copied. */
export type HowLoaded =
  | { readonly how: "full"; readonly reason: FullReason }
  | {
      readonly how: "incremental";
      /** Records that were copied from what was current. */
      readonly copied: number;
      /** Keys that something new came to: their records were computed from all files. */
      readonly computed: number;
    };
