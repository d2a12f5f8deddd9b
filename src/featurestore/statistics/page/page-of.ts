import { type Html, html, raw } from "./html.ts";

/**
 * A whole page, as text. It loads nothing and runs no script, which its Content-Security-Policy forbids as well.
 *
 * @param style its style sheet
 * @param body what stands in it below its title
 */
export function pageOf(title: string, style: string, body: Html): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
  return `${page.html.trimEnd()}\n`;
}
