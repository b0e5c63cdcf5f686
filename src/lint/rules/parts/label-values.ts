/** An address with a scheme: RFC 3986, appendix A. */
const CHAR = String.raw`(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})`;
const HOST = String.raw`(?:\[[0-9A-Fa-fvV:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)`;
const AUTHORITY = String.raw`\/\/(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*@)?${HOST}(?::[0-9]*)?(?:\/${CHAR}*)*`;
const URI = new RegExp(
  String.raw`^[A-Za-z][A-Za-z0-9+.-]*:(?:${AUTHORITY}|\/(?:${CHAR}+(?:\/${CHAR}*)*)?|${CHAR}+(?:\/${CHAR}*)*|)(?:\?(?:${CHAR}|[/?])*)?(?:#(?:${CHAR}|[/?])*)?$`,
);
export const isUri = (text: string): boolean => URI.test(text);

/** RFC 3339, section 5.6, with a day that the month has; a little more than that is taken, as hadolint does. */
export function isTime(text: string): boolean {
  const found = /^\s*-?(\d+)-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d*)?(?:[Zz]|[+-]\d\d:?\d\d)\s*$/.exec(text)?.slice(1).map(Number);
  if (found === undefined) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found;
  // The calendar repeats every 400 years, and Date takes small years for others.
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second <= 60;
}

const IDENTIFIERS = '(?:[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*\\.?)?';
const VERSION = new RegExp(`^[0-9]+\\.[0-9]+\\.[0-9]+(?:-${IDENTIFIERS})?(?:\\+${IDENTIFIERS})?$`);
/** Semantic Versioning 2.0.0, "Backus–Naur Form Grammar"; zeros in front and an empty end are taken, as hadolint does. */
export const isVersion = (text: string): boolean => VERSION.test(text);

const ATOM = String.raw`[A-Za-z0-9!#$%&'*+/=?^_{|}~\u0060-]+`;
/** Blanks and comments may stand around each part. */
const SPACE = String.raw`(?:[ \t]|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))*`;
const PART = String.raw`${SPACE}(?:${ATOM}|"(?:[^"\\\r\n]|\\.)*")${SPACE}`;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL = new RegExp(
  String.raw`^(${PART}(?:\.${PART})*)@${SPACE}(${LABEL}(?:${SPACE}\.${SPACE}${LABEL})*\.?|\[[^\[\]\\\r\n]*\])${SPACE}$`,
);
/** RFC 5322, section 3.4.1. */
export function isEmail(text: string): boolean {
  const found = EMAIL.exec(text);
  return found !== null && (found[1]?.trim().length ?? 0) <= 64 && (found[2]?.length ?? 0) <= 253;
}
