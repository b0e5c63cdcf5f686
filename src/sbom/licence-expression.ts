/** Deprecated and still identifiers of the list: GNU's licences without `-only` and `-or-later`. */
const GNU = /^(?:[AL]?GPL|GFDL)-\d\.\d$/;
const OWN = /^(?:DocumentRef-[\w.-]+:)?LicenseRef-[\w.-]+$/;

/**
 * Whether a text is an SPDX licence expression over known identifiers; what follows WITH is not looked up.
 * Source: SPDX 3.0, annex "SPDX License Expressions" (the same grammar as 2.3, annex D).
 */
export function isLicenceExpression(text: string, known: ReadonlySet<string>): boolean {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const isKnown = (id: string): boolean => known.has(id) || GNU.test(id);
  const isLicence = (word: string | undefined): boolean =>
    word !== undefined && (OWN.test(word) || isKnown(word) || isKnown(word.replace(/\+$/, '')));
  const simple = (): boolean => {
    if (!isLicence(tokens[at])) return false;
    at += 1;
    if (tokens[at] !== 'WITH') return true;
    at += 2;
    return /^[\w.-]+$/.test(tokens[at - 1] ?? '');
  };
  // Depth is the text's choice, so parentheses are counted and not recursed into.
  let open = 0;
  for (;;) {
    for (; tokens[at] === '('; at += 1) open += 1;
    if (!simple()) return false;
    for (; tokens[at] === ')'; at += 1) open -= 1;
    if (open < 0) return false;
    if (at >= tokens.length) return open === 0;
    if (tokens[at] !== 'AND' && tokens[at] !== 'OR') return false;
    at += 1;
  }
}
