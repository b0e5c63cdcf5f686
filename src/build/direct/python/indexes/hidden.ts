/**
 * A text without logins: those in URLs, their queries, and what the given variables hold by name as passwords or tokens. Of other
 * programs' words nothing else may reach a screen.
 */
export function withoutLogins(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    /(PASSWORD|TOKEN|SECRET|_KEY)$/.test(name) && value !== undefined && value.length >= 4 ? [value] : [],
  );
  const bare = text
    .replaceAll(/([a-z+]+:\/\/)[^\s/@]+@/gi, '$1')
    // A password that should have been written otherwise: `user:a/b@host`. A port is none.
    .replaceAll(/([a-z+]+:\/\/)[^\s/@:]+:(?!\d+\/)[^\s'"`]*@/gi, '$1')
    .replaceAll(/(https?:\/\/[^\s?#)'"`]+)\?[^\s)'"`]*/gi, '$1');
  // Longest first: one may be part of another. As URLs write them, too.
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .toSorted((a, b) => b.length - a.length)
    .reduce((out, secret) => out.replaceAll(secret, '****'), bare);
}
