/** What an image does without. Only files and links are taken; directories that were left empty by it go too. */
export interface TrimRule {
  readonly id: string;
  readonly why: string;
  /** Only in packages of this name. */
  readonly package?: RegExp;
  /** The whole path, with /usr merged. */
  readonly path: RegExp;
  /** Not taken when a dependency links to this library. */
  readonly unlessNeeded?: string;
}

/** Never taken, whatever the rules say: terms under which the files are given. */
const kept = /^usr\/share\/(?:doc\/(?:[^/]+|.*\/(?:copyright|[^/]*(?:LICEN[CS]E|NOTICE|COPYING)[^/]*))$|common-licenses\/)/i;

export const trimRules: readonly TrimRule[] = [
  {
    id: 'documentation',
    why: "read on a developer's machine; copyright files, licences and notices stay",
    path: /^usr\/share\/(?:doc|doc-base|man|info|lintian|bug|gtk-doc|help|pixmaps|applications|menu)\//,
  },
  { id: 'translations', why: 'messages in other languages; the locale is C.UTF-8', path: /^usr\/share\/(?:locale|i18n)\// },
  { id: 'debugger-support', why: 'pretty printers for gdb', path: /^usr\/share\/(?:gdb|gcc)\// },
  {
    id: 'binary-formats',
    why: "registers .pyc files with a kernel that is not the image's",
    path: /^usr\/(?:lib\/binfmt\.d|share\/binfmts)\//,
  },
  {
    id: 'login',
    why: 'nobody logs in',
    package: /^base-files$/,
    path: /^(?:etc\/(?:issue(?:\.net)?|update-motd\.d\/.*|skel\/.*|profile\.d\/.*)|usr\/share\/base-files\/.*)$/,
  },
  {
    id: 'local-state',
    why: 'folders for administrators, mail and lock files: setgid or open to the world',
    package: /^base-files$/,
    path: /^var\/(?:local|mail|backups|lock)$/,
  },
  {
    id: 'libc-commands',
    why: "getent, ldconfig, iconv, localedef… are for installing; the loader needs no cache for Debian's own folders (only ctypes.util.find_library asks ldconfig: where a service is seen to use it, ldconfig and a cache are put back)",
    package: /^libc-bin$/,
    path: /^usr\/s?bin\//,
  },
  {
    id: 'certificate-commands',
    why: 'the bundle is made when the image is, and no shell could run it',
    package: /^ca-certificates$/,
    path: /^(?:usr\/sbin|etc\/ca-certificates)\//,
  },
  {
    id: 'certificate-sources',
    why: 'each is in /etc/ssl/certs/ca-certificates.crt',
    package: /^ca-certificates$/,
    path: /^usr\/share\/ca-certificates\//,
  },
  {
    id: 'character-sets',
    why: 'iconv for EBCDIC, CJK and other old character sets: Python brings its own codecs; UTF and Latin stay',
    package: /^libc6$/,
    path: /^usr\/lib\/[^/]+\/gconv\/(?!UTF-|ISO8859-1\.so|ISO8859-15\.so|CP1252\.so|gconv-modules$)/,
  },
  { id: 'static-init', why: 'the same program once more, linked statically (0.7 MB)', package: /^tini$/, path: /^usr\/bin\/tini-static$/ },
  {
    id: 'audit-libraries',
    why: 'for LD_AUDIT, for profiling and for thread debuggers',
    package: /^libc6$/,
    path: /^usr\/lib\/[^/]+\/(?:audit\/|libpcprofile\.so|libmemusage\.so|libc_malloc_debug\.so|libthread_db\.so|libBrokenLocale\.so)/,
  },
  {
    id: 'vector-math',
    why: 'vector functions that only programs built with -ffast-math link to',
    package: /^libc6$/,
    path: /^usr\/lib\/[^/]+\/libmvec\.so/,
    unlessNeeded: 'libmvec.so.1',
  },
  {
    id: 'wide-expat',
    why: 'expat for UTF-16 programs; Python uses libexpat.so.1',
    package: /^libexpat1$/,
    path: /^usr\/lib\/[^/]+\/libexpatw\.so/,
  },
  { id: 'crypto-engines', why: 'OpenSSL engines for hardware', package: /^libssl3/, path: /^usr\/lib\/[^/]+\/engines-3\// },
  { id: 'terminal-databases', why: 'no terminal is attached', path: /^usr\/(?:share|lib)\/(?:terminfo|tabset)\// },
  {
    id: 'time-zone-duplicates',
    why: 'the same zones with leap seconds, or under a second name',
    package: /^tzdata$/,
    path: /^usr\/share\/zoneinfo\/(?:right|posix)\//,
  },
  {
    id: 'python-tests',
    why: 'tests of Python itself, and the extension modules that only they load',
    package: /^libpython3/,
    path: /^usr\/lib\/python3\.\d+\/(?:(?:.*\/)?(?:test|tests|idle_test)\/|lib-dynload\/(?:_test|_ctypes_test|_xxtest|xxlimited))/,
  },
  {
    id: 'python-help',
    why: 'topics of the interactive help()',
    package: /^libpython3/,
    path: /^usr\/lib\/python3\.\d+\/pydoc_data\/(?!__init__)/,
  },
  {
    id: 'python-desktop',
    why: 'windows: idlelib, tkinter, turtle and its demonstrations have no display',
    package: /^(?:lib)?python3/,
    path: /^usr\/lib\/python3\.\d+\/(?:idlelib|tkinter|turtledemo)\/|^usr\/lib\/python3\.\d+\/turtle\.py$/,
  },
  {
    id: 'python-installer',
    why: 'ensurepip installs pip: dependencies are in the image already',
    package: /^(?:lib)?python3/,
    path: /^usr\/lib\/python3\.\d+\/ensurepip\//,
  },
  {
    id: 'python-commands',
    why: 'pdb, pydoc, pygettext: for development',
    package: /^(?:lib)?python3/,
    path: /^usr\/bin\/(?!python3\.\d+$)/,
  },
  {
    id: 'python-decimal-fallback',
    why: 'used only where the C module is not there; it is',
    package: /^libpython3/,
    path: /^usr\/lib\/python3\.\d+\/_pydecimal\.py$/,
  },
  {
    id: 'python-crash-hook',
    why: "sitecustomize of Ubuntu's crash reporter, which Debian does not have; the name is free for yours",
    package: /^(?:lib)?python3/,
    path: /(?:^|\/)sitecustomize\.py$/,
  },
  {
    id: 'python-build-support',
    why: 'static library and Makefile for embedding Python',
    package: /^(?:lib)?python3/,
    path: /^usr\/lib\/python3\.\d+\/config-3/,
  },
  {
    id: 'static-libraries',
    why: 'for linking; .la files deeper down are how programs (ImageMagick) find their modules, and stay',
    path: /^usr\/lib\/(?:.*\.a|(?:[^/]+\/)?[^/]+\.la)$/,
  },
];

/**
 * Modules of the standard library that cannot be imported from an image, for those who ask why: removed by a rule above,
 * or kept by Debian in a package of its own.
 */
export const absentModules: ReadonlyMap<string, string> = new Map([
  ['ensurepip', 'python-installer'],
  ['idlelib', 'python-desktop'],
  ['tkinter', 'python-desktop'],
  ['turtle', 'python-desktop'],
  ['turtledemo', 'python-desktop'],
  ['_tkinter', 'python-desktop'],
  ['_pydecimal', 'python-decimal-fallback'],
  ['_pyrepl._minimal_curses', 'libc-commands: it asks ctypes.util.find_library; the prompt does without'],
  ['_gdbm', "in Debian's python3-gdbm, not taken: dbm falls back to ndbm"],
  ['dbm.gnu', "in Debian's python3-gdbm, not taken: dbm falls back to ndbm"],
]);

/** The rule that takes this file or link away; undefined: it stays. `needed`: libraries that dependencies link to; unknown: all. */
export function ruleFor(packageName: string, path: string, needed?: ReadonlySet<string>): TrimRule | undefined {
  if (kept.test(path)) return undefined;
  return trimRules.find(
    (rule) =>
      rule.path.test(path) &&
      (rule.package?.test(packageName) ?? true) &&
      (rule.unlessNeeded === undefined || (needed !== undefined && !needed.has(rule.unlessNeeded))),
  );
}
