import { escaped } from '../../markup.ts';
import { STYLE } from './style.ts';

/** Nothing is loaded, nothing runs, nothing is sent: the page is its own text and style. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface PageParts {
  /** Text. */
  readonly title: string;
  /** Markup. */
  readonly body: string;
  /** More of the style than every page has. */
  readonly style?: string;
  /** Where the keyboard goes first, `#checks`, and what the link there says. */
  readonly first: string;
  readonly skip: string;
  readonly at: Date;
  readonly version: string;
  /** What was measured, at the end of the page's last sentence. */
  readonly on?: string;
}

/** A whole page, self-contained. */
export const page = ({ title, body, style = '', first, skip, at, version, on = '' }: PageParts): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<a class="skip" href="${first}">${skip}</a>
${body}
<footer><p>Measured by Plimsoll ${escaped(version)} on <time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>${on}.</p></footer>
</body>
</html>
`;
