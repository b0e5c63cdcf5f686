import { expect, test } from 'vitest';
import { ratedVector, ratedWord } from './severity.ts';

// CVEs that have such vectors. cvss4.test.ts holds the scores of CVSS 4 to a calculator of others.
test.each([
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A', 10, 'critical'], // CVE-2021-44228
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A', 8.7, 'high'], // CVE-2014-0160
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7, 'high'], // CVE-2020-3549
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3, 'high'], // CVE-2022-41741
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N', 6.9, 'medium'], // CVE-2022-22186
  ['CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N', 4.6, 'medium'], // CVE-2021-44714
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0, 'low'],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'critical'], // CVE-2021-44906
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10, 'critical'], // CVE-2021-44228
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L', 5.3, 'medium'], // CVE-2020-28493
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', 7.5, 'high'], // CVE-2014-0160
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1, 'medium'], // CVE-2013-1937
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4, 'medium'], // CVE-2013-0375
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', 3.1, 'low'], // CVE-2014-3566
  ['AV:N/AC:M/Au:N/C:P/I:P/A:P', 6.8, 'medium'], // CVE-2022-28391
  ['AV:N/AC:L/Au:N/C:N/I:N/A:C', 7.8, 'high'], // CVSS v2 guide, 3.3.1
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10, 'critical'], // CVSS v2 guide, 3.3.2
])('%s has the score %f', (vector, score, severity) => expect(ratedVector(vector)).toEqual({ severity, score }));

test('what is no vector, lacks a metric, or is of another version is not rated', () => {
  for (const vector of [
    '',
    'high',
    'CVSS:3.1/AV:N/AC:L',
    'CVSS:4.0/AV:N/AC:L',
    'CVSS:4.1/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N',
  ])
    expect(ratedVector(vector)).toBeUndefined();
});

test('words of all sources are four severities', () => {
  const words = ['MODERATE', 'High', 'critical', 'unimportant', 'Negligible', 'not yet assigned', 7];
  expect(words.map((word) => ratedWord(word)?.severity)).toEqual(['medium', 'high', 'critical', 'low', 'low', undefined, undefined]);
});
