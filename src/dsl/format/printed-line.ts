/** A line of text before its columns are aligned. */
export interface PrintedLine {
  readonly indent: number;
  readonly text: string;
  /** The comment at its end. */
  readonly comment?: string;
  /** Lines that are a whole item of one family may be aligned at their marks. */
  readonly family?: string;
  /** Offsets in the text, ascending. */
  readonly marks: readonly number[];
}

/** Columns that a text takes, in code points. */
export function widthOf(text: string): number {
  let width = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) width--;
  return width;
}
