import { expect, test } from 'vitest';
import { markerFor } from './set-markers.ts';

const SETS = { extras: ['web'], groups: ['prod'] };

test.each([
  ['extra == "web"', ''],
  ["extra == 'Web'", ''],
  ['extra == "docs"', undefined],
  ['extra != "docs"', ''],
  ['extra == "docs" or extra == "web"', ''],
  ['extra == "web" and sys_platform == "linux"', 'sys_platform == "linux"'],
  ['sys_platform == "linux" and extra == "docs"', undefined],
  ['"web" in extras and "docs" not in dependency_groups', ''],
  ['"docs" in dependency_groups or python_version < "3.13"', 'python_version < "3.13"'],
  ['(extra == "web" or extra == "docs") and (a == "1" or b == "2")', '(a == "1" or b == "2")'],
  ['python_version < "3.13" and (os_name == "nt" or extra == "web")', 'python_version < "3.13"'],
  ['(a == "1" or b == "2" and extra == "web")', '(a == "1" or b == "2")'],
  ['platform_system == "a and b or (c"', 'platform_system == "a and b or (c"'],
  ['', ''],
])('a marker `%s` leaves `%s` for the extra web and the group prod', (marker, left) => {
  expect(markerFor(marker, SETS)).toBe(left);
});
