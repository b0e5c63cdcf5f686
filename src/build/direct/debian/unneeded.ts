/**
 * Packages that others depend on and an image does not need, with the reason: maintainer scripts are not run, and what
 * they would have made Plimsoll makes itself. A package of this list that the user asks for by name is taken all the same.
 */
export const unneeded: ReadonlyMap<string, string> = new Map([
  ['adduser', 'makes users in maintainer scripts'],
  ['awk', 'for maintainer scripts of base-files'],
  ['mawk', 'for maintainer scripts of base-files'],
  ['base-passwd', 'passwd and group are written by Plimsoll'],
  ['cdebconf', 'asks questions in maintainer scripts'],
  ['debconf', 'asks questions in maintainer scripts'],
  ['debconf-2.0', 'asks questions in maintainer scripts'],
  ['debianutils', 'for maintainer scripts'],
  ['dpkg', 'the package manager'],
  ['init-system-helpers', 'starts services in maintainer scripts'],
  ['install-info', 'documentation index'],
  ['lsb-base', 'init scripts'],
  ['openssl', 'the command; ca-certificates uses it in its maintainer script'],
  ['perl', 'for maintainer scripts'],
  ['perl-base', 'for maintainer scripts'],
  ['python3', 'only links: Plimsoll makes /usr/bin/python3 itself'],
  ['python3-minimal', 'only links and byte compiling in maintainer scripts'],
  ['readline-common', 'inputrc and documentation of interactive shells'],
  ['sensible-utils', 'picks an editor or a browser'],
  ['ucf', 'configuration files in maintainer scripts'],
]);
