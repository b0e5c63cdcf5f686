/** How a registry wants to be asked: RFC 9110, section 11.6.1; distribution's "Token Authentication Specification". */
export type Challenge = { readonly scheme: 'basic' } | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string };

/** The challenge to answer in a WWW-Authenticate header: the first Bearer, else Basic; undefined when it has neither. */
export function readChallenge(header: string | null): Challenge | undefined {
  const challenges = challengesIn(header ?? '');
  for (const { scheme, parameters } of challenges) {
    const { realm, service } = parameters;
    if (scheme === 'bearer' && realm !== undefined) return { scheme, realm, ...(service === undefined ? {} : { service }) };
  }
  return challenges.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

/** A word with `=` behind it is a parameter of the challenge whose scheme came before it. */
const WORDS = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))|([A-Za-z][\w-]*)/g;

function challengesIn(header: string): { readonly scheme: string; readonly parameters: Record<string, string> }[] {
  const found: { readonly scheme: string; readonly parameters: Record<string, string> }[] = [];
  for (const [, name, quoted, plain, scheme] of header.matchAll(WORDS)) {
    const last = found.at(-1);
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: {} });
    else if (last && name !== undefined) last.parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '';
  }
  return found;
}
