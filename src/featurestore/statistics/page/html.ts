import { visible } from "../../../core/index.ts";

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

/** What stands between pieces of HTML: text is escaped, HTML is not. */
export type Part = string | number | Html | readonly Part[];

/**
 * HTML from a template: what is put in is escaped unless it is HTML itself, so that no name or value of a file becomes markup.
 *
 * @example `html`<b>${"<i>"}</b>`.html // "<b>&lt;i&gt;</b>"`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((before, after, i) => `${before}${textOf(parts[i - 1] ?? "")}${after}`) };
}

/** HTML that was made elsewhere, such as a chart. */
export function raw(text: string): Html {
  return { html: text };
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(part: Part): string {
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escaped(part);
  return "html" in part ? part.html : part.map(textOf).join("");
}

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** A column of a {@link dataTable}. */
export interface Heading {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** A table that scrolls inside its own box where a page is narrow. */
export function dataTable(caption: string, headings: readonly Heading[], rows: readonly (readonly Part[])[]): Html {
  const style = (i: number): string => (headings[i]?.isNumber === true ? "n" : "t");
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${headings.map(({ name }, i) => html`<th scope="col" class="${style(i)}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((part, i) => (i === 0 ? html`<th scope="row" class="${style(i)}">${part}</th>` : html`<td class="${style(i)}">${part}</td>`))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
