const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * What XML cannot hold at all (XML 1.0, section 2.2), and what steers who reads: control characters, halves of surrogate
 * pairs, marks that turn the direction of text around.
 */
const UNWRITABLE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]|\p{Surrogate}/gu;

/** Text of others, as every report may hold it: what cannot be written is shown as �. */
export const writable = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(UNWRITABLE, '\uFFFD');

/** Text inside an element or a quoted attribute of XML and HTML. */
export const escaped = (text: string): string => writable(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
