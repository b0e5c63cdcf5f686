/** An address with a scheme: RFC 3986, appendix A. */
const CHAR = String.raw`(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})`;
const HOST = String.raw`(?:\[[0-9A-Fa-fvV:.]+\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)`;
const AUTHORITY = String.raw`\/\/(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*@)?${HOST}(?::[0-9]*)?(?:\/${CHAR}*)*`;
const URI = new RegExp(
  String.raw`^[A-Za-z][A-Za-z0-9+.-]*:(?:${AUTHORITY}|\/(?:${CHAR}+(?:\/${CHAR}*)*)?|${CHAR}+(?:\/${CHAR}*)*|)(?:\?(?:${CHAR}|[/?])*)?(?:#(?:${CHAR}|[/?])*)?$`,
);
export const isUri = (text: string): boolean => URI.test(text);

/** RFC 3339, section 5.6, with a day that the month has. */
export function isTime(text: string): boolean {
  const found = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/
    .exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (found === undefined) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] = found.map((n) =>
    Number.isNaN(n) ? 0 : n,
  );
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second <= 60 && offsetHour < 24 && offsetMinute < 60
  );
}

const NUMBER = '(?:0|[1-9][0-9]*)';
const VERSION = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\\.(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);
/** Semantic Versioning 2.0.0, "Backus–Naur Form Grammar". */
export const isVersion = (text: string): boolean => VERSION.test(text);

const ATOM = String.raw`[A-Za-z0-9!#$%&'*+/=?^_{|}~\u0060-]+`;
const LOCAL = String.raw`(?:${ATOM}|"(?:[^"\\\r\n]|\\.)*")(?:\.(?:${ATOM}|"(?:[^"\\\r\n]|\\.)*"))*`;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL = new RegExp(String.raw`^(${LOCAL})@((?:${LABEL})(?:\.${LABEL})*|\[[^\[\]\\\r\n]*\])$`);
/** RFC 5322, section 3.4.1. */
export function isEmail(text: string): boolean {
  const found = EMAIL.exec(text);
  return found !== null && (found[1]?.length ?? 0) <= 64 && (found[2]?.length ?? 0) <= 253;
}
