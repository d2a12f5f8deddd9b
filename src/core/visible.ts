/**
 * A text with the characters that would move a cursor, turn the direction of writing or not be seen shown as `\u{1b}`: names and values
 * come from files, and must not draw over what is said of them.
 */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
