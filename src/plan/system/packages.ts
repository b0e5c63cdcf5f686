/** The distributions whose packages the table names. */
export type Distribution = 'bookworm' | 'trixie' | 'alpine' | 'amazonlinux';

/** Something of the system that a service may need, and the packages that have it. */
export interface SystemPackage {
  /** Sonames of the libraries that are loaded from it. */
  readonly libraries?: readonly string[];
  /** Programs that are called from it. */
  readonly programs?: readonly string[];
  /** Packages by distribution. Empty: every base of it has this. Absent: no package of it is known. */
  readonly names: Readonly<Partial<Record<Distribution, readonly string[]>>>;
}

/** Under one name in both releases of Debian. */
const debian = (...names: readonly string[]): { readonly bookworm: readonly string[]; readonly trixie: readonly string[] } => ({
  bookworm: names,
  trixie: names,
});
/** Under other names since all packages that use the time were renamed: Debian 13, release notes, "64-bit time_t". */
const renamed = (before: string, since: string): ReturnType<typeof debian> => ({ bookworm: [before], trixie: [since] });
/** A program whose package is called as itself, everywhere. */
const same = (program: string): SystemPackage => ({
  programs: [program],
  names: { ...debian(program), alpine: [program], amazonlinux: [program] },
});

/**
 * By a name of our own. Debian's names are those of its package indexes, compared with them by `build/direct/debian/system-packages.network.test.ts`; Alpine's
 * are those of its aports tree, Amazon Linux's of “All AL2023 packages” in its release notes.
 */
export const SYSTEM_PACKAGES = {
  libmagic: {
    libraries: ['libmagic.so.1'],
    names: { ...renamed('libmagic1', 'libmagic1t64'), alpine: ['libmagic'], amazonlinux: ['file-libs'] },
  },
  libpq: { libraries: ['libpq.so.5'], names: { ...debian('libpq5'), alpine: ['libpq'], amazonlinux: ['libpq'] } },
  zbar: { libraries: ['libzbar.so.0'], names: { ...renamed('libzbar0', 'libzbar0t64'), alpine: ['zbar'] } },
  glib: {
    libraries: ['libglib-2.0.so.0', 'libgthread-2.0.so.0', 'libgobject-2.0.so.0'],
    names: { ...renamed('libglib2.0-0', 'libglib2.0-0t64'), alpine: ['glib'], amazonlinux: ['glib2'] },
  },
  opengl: { libraries: ['libGL.so.1'], names: { ...debian('libgl1'), alpine: ['mesa-gl'], amazonlinux: ['mesa-libGL'] } },
  pango: {
    libraries: ['libpango-1.0.so.0', 'libpangoft2-1.0.so.0'],
    names: { ...debian('libpango-1.0-0', 'libpangoft2-1.0-0'), alpine: ['pango'], amazonlinux: ['pango'] },
  },
  harfbuzz: {
    libraries: ['libharfbuzz.so.0', 'libharfbuzz-subset.so.0'],
    names: { ...debian('libharfbuzz0b', 'libharfbuzz-subset0'), alpine: ['harfbuzz', 'harfbuzz-subset'], amazonlinux: ['harfbuzz'] },
  },
  fontconfig: {
    libraries: ['libfontconfig.so.1'],
    names: { ...debian('libfontconfig1'), alpine: ['fontconfig'], amazonlinux: ['fontconfig'] },
  },
  fonts: { names: { ...debian('fonts-dejavu-core'), alpine: ['font-dejavu'], amazonlinux: ['dejavu-sans-fonts'] } },
  cairo: { libraries: ['libcairo.so.2'], names: { ...debian('libcairo2'), alpine: ['cairo'], amazonlinux: ['cairo'] } },
  mariadb: {
    libraries: ['libmariadb.so.3'],
    names: { ...debian('libmariadb3'), alpine: ['mariadb-connector-c'], amazonlinux: ['mariadb-connector-c'] },
  },
  ldap: {
    libraries: ['libldap.so.2', 'libldap-2.5.so.0', 'liblber.so.2', 'liblber-2.5.so.0'],
    names: { ...renamed('libldap-2.5-0', 'libldap2'), alpine: ['libldap'], amazonlinux: ['openldap'] },
  },
  sasl: { libraries: ['libsasl2.so.2'], names: { ...debian('libsasl2-2'), alpine: ['libsasl'], amazonlinux: ['cyrus-sasl-lib'] } },
  odbc: {
    libraries: ['libodbc.so.2'],
    names: { bookworm: ['libodbc2', 'unixodbc'], trixie: ['libodbc2', 'unixodbc'], alpine: ['unixodbc'], amazonlinux: ['unixODBC'] },
  },
  gdal: { libraries: ['libgdal.so.32', 'libgdal.so.36'], names: { ...renamed('libgdal32', 'libgdal36'), alpine: ['gdal'] } },
  geos: { libraries: ['libgeos_c.so.1'], names: { ...renamed('libgeos-c1v5', 'libgeos-c1t64'), alpine: ['geos'] } },
  proj: { libraries: ['libproj.so.25'], names: { ...debian('libproj25'), alpine: ['proj'] } },
  spatialite: { libraries: ['mod_spatialite.so'], names: { ...debian('libsqlite3-mod-spatialite'), alpine: ['libspatialite'] } },
  magickwand: {
    libraries: ['libMagickWand-6.Q16.so.6', 'libMagickWand-7.Q16.so.10'],
    names: { ...renamed('libmagickwand-6.q16-6', 'libmagickwand-7.q16-10'), alpine: ['imagemagick'], amazonlinux: ['ImageMagick-libs'] },
  },
  vips: { libraries: ['libvips.so.42'], names: { ...renamed('libvips42', 'libvips42t64'), alpine: ['vips'] } },
  enchant: {
    libraries: ['libenchant-2.so.2'],
    names: { ...debian('libenchant-2-2'), alpine: ['enchant2-libs'], amazonlinux: ['enchant2'] },
  },
  portaudio: { libraries: ['libportaudio.so.2'], names: { ...debian('libportaudio2'), alpine: ['portaudio'] } },
  libgs: { libraries: ['libgs.so.10'], names: { ...debian('libgs10'), alpine: ['ghostscript'], amazonlinux: ['libgs'] } },
  memcached: {
    libraries: ['libmemcached.so.11'],
    names: { ...renamed('libmemcached11', 'libmemcached11t64'), alpine: ['libmemcached-libs'] },
  },
  egl: {
    libraries: ['libEGL.so.1', 'libGLESv2.so.2'],
    names: { ...debian('libegl1', 'libgles2'), alpine: ['mesa-egl', 'mesa-gles'], amazonlinux: ['mesa-libEGL', 'libglvnd-gles'] },
  },
  x11: {
    libraries: ['libX11.so.6', 'libXext.so.6', 'libXrender.so.1'],
    names: {
      ...debian('libx11-6', 'libxext6', 'libxrender1'),
      alpine: ['libx11', 'libxext', 'libxrender'],
      amazonlinux: ['libX11', 'libXext', 'libXrender'],
    },
  },
  shell: { programs: ['sh'], names: { ...debian('dash'), alpine: [], amazonlinux: [] } },
  coreutils: {
    programs: [
      'cat',
      'cp',
      'cut',
      'date',
      'df',
      'du',
      'echo',
      'env',
      'head',
      'ls',
      'mkdir',
      'mv',
      'rm',
      'sleep',
      'sort',
      'tail',
      'touch',
      'true',
      'wc',
    ],
    names: { ...debian('coreutils'), alpine: [], amazonlinux: [] },
  },
  bash: { programs: ['bash'], names: { ...debian('bash'), alpine: ['bash'], amazonlinux: [] } },
  grep: { programs: ['grep'], names: { ...debian('grep'), alpine: [], amazonlinux: [] } },
  sed: { programs: ['sed'], names: { ...debian('sed'), alpine: [], amazonlinux: [] } },
  find: { programs: ['find', 'xargs'], names: { ...debian('findutils'), alpine: [], amazonlinux: ['findutils'] } },
  ps: {
    programs: ['ps', 'free', 'top', 'pkill', 'pgrep', 'uptime'],
    names: { ...debian('procps'), alpine: ['procps'], amazonlinux: ['procps-ng'] },
  },
  git: same('git'),
  curl: { programs: ['curl'], names: { ...debian('curl'), alpine: ['curl'], amazonlinux: ['curl-minimal'] } },
  wget: same('wget'),
  openssl: same('openssl'),
  rsync: same('rsync'),
  tar: same('tar'),
  gzip: { programs: ['gzip', 'gunzip'], names: { ...debian('gzip'), alpine: ['gzip'], amazonlinux: ['gzip'] } },
  unzip: same('unzip'),
  zip: same('zip'),
  ssh: {
    programs: ['ssh', 'scp', 'sftp', 'ssh-keygen'],
    names: { ...debian('openssh-client'), alpine: ['openssh-client'], amazonlinux: ['openssh-clients'] },
  },
  ffmpeg: { programs: ['ffmpeg', 'ffprobe'], names: { ...debian('ffmpeg'), alpine: ['ffmpeg'] } },
  tesseract: { programs: ['tesseract'], names: { ...debian('tesseract-ocr'), alpine: ['tesseract-ocr', 'tesseract-ocr-data-eng'] } },
  poppler: {
    programs: ['pdftoppm', 'pdftocairo', 'pdftotext', 'pdfinfo', 'pdfimages', 'pdftohtml'],
    names: { ...debian('poppler-utils'), alpine: ['poppler-utils'], amazonlinux: ['poppler-utils'] },
  },
  ghostscript: { programs: ['gs'], names: { ...debian('ghostscript'), alpine: ['ghostscript'], amazonlinux: ['ghostscript'] } },
  graphviz: {
    programs: ['dot', 'neato', 'fdp', 'circo', 'twopi'],
    names: { ...debian('graphviz'), alpine: ['graphviz'], amazonlinux: ['graphviz'] },
  },
  imagemagick: {
    programs: ['convert', 'identify', 'mogrify', 'composite', 'montage'],
    names: { ...debian('imagemagick'), alpine: ['imagemagick'], amazonlinux: ['ImageMagick'] },
  },
  pandoc: { programs: ['pandoc'], names: { ...debian('pandoc'), alpine: ['pandoc'] } },
  // Taken out of Debian 13 and of Alpine 3.15: its Qt WebKit has no maintainer any more.
  wkhtmltopdf: { programs: ['wkhtmltopdf', 'wkhtmltoimage'], names: { bookworm: ['wkhtmltopdf'] } },
  qpdf: same('qpdf'),
  exiftool: {
    programs: ['exiftool'],
    names: { ...debian('libimage-exiftool-perl'), alpine: ['exiftool'], amazonlinux: ['perl-Image-ExifTool'] },
  },
  antiword: { programs: ['antiword'], names: { ...debian('antiword'), alpine: ['antiword'] } },
  postgresClient: {
    programs: ['pg_dump', 'pg_restore', 'psql', 'pg_isready'],
    names: { ...debian('postgresql-client'), alpine: ['postgresql-client'], amazonlinux: ['postgresql15'] },
  },
  mysqlClient: {
    programs: ['mysqldump', 'mysql'],
    names: { ...debian('default-mysql-client'), alpine: ['mysql-client'], amazonlinux: ['mariadb105'] },
  },
  sqlite: { programs: ['sqlite3'], names: { ...debian('sqlite3'), alpine: ['sqlite'], amazonlinux: ['sqlite'] } },
  redisTools: { programs: ['redis-cli'], names: { ...debian('redis-tools'), alpine: ['redis'], amazonlinux: ['redis6'] } },
} satisfies Readonly<Record<string, SystemPackage>>;

export type SystemPackageId = keyof typeof SYSTEM_PACKAGES;

const all = Object.entries(SYSTEM_PACKAGES) as readonly (readonly [SystemPackageId, SystemPackage])[];

/** The row that has a program; undefined where the table has none. */
export const packageOfProgram = (program: string): SystemPackageId | undefined =>
  all.find(([, { programs }]) => programs?.includes(program))?.[0];

/** The row that has a library, by its soname. */
export const packageOfLibrary = (soname: string): SystemPackageId | undefined =>
  all.find(([, { libraries }]) => libraries?.includes(soname))?.[0];

/** What is asked of `ctypes.util.find_library`: `magic` for `libmagic.so.1`. */
export const packageOfFound = (name: string): SystemPackageId | undefined =>
  all.find(([, { libraries }]) => libraries?.some((soname) => soname.startsWith(`lib${name}.so`)))?.[0];

/** Packages of a distribution; undefined where it has none. */
export const namesIn = (id: SystemPackageId, distribution: Distribution): readonly string[] | undefined =>
  (SYSTEM_PACKAGES[id] as SystemPackage).names[distribution];
