import type { SystemPackageId } from './packages.ts';

/** What a Python distribution needs of the system when it runs, and its Linux wheel does not bring. */
export interface SystemNeed {
  /** Normalised: PEP 503. */
  readonly distribution: string;
  /** As they are imported; a dotted one for a part of the distribution. */
  readonly modules: readonly string[];
  readonly needs: readonly SystemPackageId[];
  /** What it does with them. */
  readonly why: string;
  readonly source: string;
  /** There is only source: what it is compiled against, beside a compiler. */
  readonly headers?: Readonly<Record<'debian' | 'alpine' | 'amazonlinux', readonly string[]>>;
  /** PEP 440: the versions of which this holds. Absent: of all. Where the version is not known, the newest is meant. */
  readonly versions?: string;
  /** Distributions, or extras of this one, that bring the same. */
  readonly unless?: readonly string[];
  /** A database driver: loaded by a URL or a setting that names it, so being a dependency is enough. */
  readonly driver?: true;
  /** Asks `ctypes.util.find_library` and knows no name of its own: without ldconfig and its cache nothing is found. */
  readonly finds?: true;
  /** When this module is imported, one library of each list is loaded, or the import fails. For the check of an image. */
  readonly loads?: { readonly module: string; readonly libraries: readonly (readonly string[])[] };
}

/** By distribution. Read in the wheels themselves, and in the manuals that are named. */
export const SYSTEM_NEEDS: readonly SystemNeed[] = [
  {
    distribution: 'python-magic',
    modules: ['magic'],
    needs: ['libmagic'],
    why: 'loads libmagic by ctypes when it is imported',
    source: 'python-magic, README "Dependencies"; magic/loader.py',
    loads: { module: 'magic.loader', libraries: [['libmagic.so.1']] },
  },
  {
    distribution: 'file-magic',
    modules: ['magic'],
    needs: ['libmagic'],
    why: 'loads libmagic by ctypes when it is imported',
    source: 'file-magic, magic.py',
    finds: true,
  },
  {
    distribution: 'psycopg',
    driver: true,
    modules: ['psycopg'],
    needs: ['libpq'],
    why: 'loads libpq by ctypes: its pure Python variant has no library of its own',
    source: 'psycopg, "Installation", "Pure Python installation"; psycopg/pq/_pq_ctypes.py',
    unless: ['psycopg-binary', 'binary'],
    finds: true,
    loads: { module: 'psycopg.pq', libraries: [['libpq.so.5']] },
  },
  {
    distribution: 'psycopg2',
    driver: true,
    modules: ['psycopg2'],
    needs: ['libpq'],
    why: 'is compiled against libpq; psycopg2-binary brings its own',
    headers: { debian: ['libpq-dev'], alpine: ['libpq-dev'], amazonlinux: ['libpq-devel'] },
    source: 'psycopg2, "Installation", "Runtime requirements"',
    unless: ['psycopg2-binary'],
  },
  {
    distribution: 'mysqlclient',
    driver: true,
    modules: ['MySQLdb'],
    needs: ['mariadb'],
    why: 'is compiled against the client library of MariaDB or MySQL',
    headers: {
      debian: ['default-libmysqlclient-dev', 'pkg-config'],
      alpine: ['mariadb-connector-c-dev', 'pkgconf'],
      amazonlinux: ['mariadb-connector-c-devel', 'pkgconf-pkg-config'],
    },
    source: 'mysqlclient, README "Install"',
  },
  {
    distribution: 'python-ldap',
    modules: ['ldap'],
    needs: ['ldap', 'sasl'],
    why: 'is compiled against OpenLDAP and Cyrus SASL',
    headers: { debian: ['libldap-dev', 'libsasl2-dev'], alpine: ['openldap-dev'], amazonlinux: ['openldap-devel', 'cyrus-sasl-devel'] },
    source: 'python-ldap, "Installing", "Build prerequisites"',
  },
  {
    distribution: 'pyodbc',
    driver: true,
    modules: ['pyodbc'],
    needs: ['odbc'],
    why: 'links to unixODBC; the driver of the database is one more package, and not in Debian for most',
    source: 'pyodbc wiki, "Install"; DT_NEEDED of its wheel',
  },
  {
    distribution: 'pyzbar',
    modules: ['pyzbar'],
    needs: ['zbar'],
    why: 'loads zbar by ctypes when it is imported',
    source: 'pyzbar, README "Installation"; pyzbar/zbar_library.py',
    finds: true,
    loads: { module: 'pyzbar.wrapper', libraries: [['libzbar.so.0']] },
  },
  {
    distribution: 'opencv-python',
    modules: ['cv2'],
    needs: ['opengl', 'glib'],
    why: 'links to OpenGL and GLib for its windows; opencv-python-headless does not',
    source: 'opencv-python, README "Installation and Usage", 3; DT_NEEDED of its wheels, which ended with 4.12',
    versions: '<4.12',
  },
  {
    distribution: 'opencv-contrib-python',
    modules: ['cv2'],
    needs: ['opengl', 'glib'],
    why: 'links to OpenGL and GLib for its windows; opencv-contrib-python-headless does not',
    source: 'opencv-python, README "Installation and Usage", 3',
    versions: '<4.12',
  },
  {
    distribution: 'weasyprint',
    modules: ['weasyprint'],
    needs: ['glib', 'pango', 'harfbuzz', 'fontconfig', 'fonts'],
    why: 'loads Pango, HarfBuzz and Fontconfig by cffi when it is imported; without a font no text is drawn',
    source: 'WeasyPrint, "First steps", "Linux"; weasyprint/text/ffi.py',
    loads: {
      module: 'weasyprint.text.ffi',
      libraries: [['libgobject-2.0.so.0'], ['libpango-1.0.so.0'], ['libharfbuzz.so.0'], ['libfontconfig.so.1'], ['libpangoft2-1.0.so.0']],
    },
  },
  {
    distribution: 'django-weasyprint',
    modules: ['django_weasyprint'],
    needs: ['glib', 'pango', 'harfbuzz', 'fontconfig', 'fonts'],
    why: 'imports WeasyPrint, which loads Pango, HarfBuzz and Fontconfig',
    source: 'django-weasyprint, README; WeasyPrint, "First steps", "Linux"',
  },
  {
    distribution: 'cairosvg',
    modules: ['cairosvg'],
    needs: ['cairo', 'fonts'],
    why: 'draws with cairocffi, which loads cairo when it is imported',
    source: 'CairoSVG, "Installation"; cairocffi/__init__.py',
  },
  {
    distribution: 'cairocffi',
    modules: ['cairocffi'],
    needs: ['cairo'],
    why: 'loads cairo by cffi when it is imported',
    source: 'cairocffi, "Installing"; cairocffi/__init__.py',
    loads: { module: 'cairocffi', libraries: [['libcairo.so.2']] },
  },
  {
    distribution: 'pycairo',
    modules: ['cairo'],
    needs: ['cairo'],
    why: 'is compiled against cairo',
    headers: {
      debian: ['libcairo2-dev', 'pkg-config'],
      alpine: ['cairo-dev', 'pkgconf'],
      amazonlinux: ['cairo-devel', 'pkgconf-pkg-config'],
    },
    source: 'Pycairo, "Getting started"',
  },
  {
    distribution: 'django',
    modules: ['django.contrib.gis'],
    needs: ['gdal', 'geos', 'proj'],
    why: 'loads GDAL and GEOS by ctypes in django.contrib.gis; GDAL brings PROJ along',
    source: 'Django, "Installing Geospatial libraries"; django/contrib/gis/gdal/libgdal.py, geos/libgeos.py',
    finds: true,
    loads: { module: 'django.contrib.gis.gdal.libgdal', libraries: [['libgdal.so.32', 'libgdal.so.36'], ['libgeos_c.so.1']] },
  },
  {
    distribution: 'wand',
    modules: ['wand'],
    needs: ['magickwand'],
    why: 'loads ImageMagick’s MagickWand by ctypes when it is imported',
    source: 'Wand, "Installation", "Install ImageMagick on Debian/Ubuntu"; wand/api.py',
    finds: true,
  },
  {
    distribution: 'pyvips',
    modules: ['pyvips'],
    needs: ['vips'],
    why: 'loads libvips by cffi when it is imported',
    source: 'pyvips, README "Installation"; pyvips/__init__.py',
    unless: ['pyvips-binary', 'binary'],
  },
  {
    distribution: 'pyenchant',
    modules: ['enchant'],
    needs: ['enchant'],
    why: 'loads Enchant by ctypes when it is imported; dictionaries are packages of their own',
    source: 'PyEnchant, "Installation", "On Linux"; enchant/_enchant.py',
    finds: true,
    loads: { module: 'enchant._enchant', libraries: [['libenchant-2.so.2']] },
  },
  {
    distribution: 'sounddevice',
    modules: ['sounddevice'],
    needs: ['portaudio'],
    why: 'loads PortAudio by cffi when it is imported',
    source: 'python-sounddevice, "Installation"; sounddevice.py',
    finds: true,
    loads: { module: 'sounddevice', libraries: [['libportaudio.so.2']] },
  },
  {
    distribution: 'ghostscript',
    modules: ['ghostscript'],
    needs: ['libgs'],
    why: 'loads Ghostscript’s library by ctypes when it is imported',
    source: 'python-ghostscript, README "Requirements"; ghostscript/_gsprint.py',
    finds: true,
  },
  {
    distribution: 'pylibmc',
    modules: ['pylibmc'],
    needs: ['memcached'],
    why: 'is compiled against libmemcached',
    headers: {
      debian: ['libmemcached-dev', 'zlib1g-dev'],
      alpine: ['libmemcached-dev', 'zlib-dev'],
      amazonlinux: ['libmemcached-devel', 'zlib-devel'],
    },
    source: 'pylibmc, "Installation"',
  },
  {
    distribution: 'mediapipe',
    modules: ['mediapipe'],
    needs: ['egl'],
    why: 'links to EGL and OpenGL ES',
    source: 'DT_NEEDED of its wheel',
  },
  {
    distribution: 'pygraphviz',
    modules: ['pygraphviz'],
    needs: ['x11'],
    why: 'links to libraries of X11',
    source: 'DT_NEEDED of its wheel',
  },
  {
    distribution: 'pytesseract',
    modules: ['pytesseract'],
    needs: ['tesseract'],
    why: 'calls the program `tesseract`',
    source: 'pytesseract, README "Installation"',
  },
  {
    distribution: 'pdf2image',
    modules: ['pdf2image'],
    needs: ['poppler'],
    why: 'calls the programs `pdftoppm` and `pdftocairo`',
    source: 'pdf2image, README "How to install"',
  },
  {
    distribution: 'pydub',
    modules: ['pydub'],
    needs: ['ffmpeg'],
    why: 'calls `ffmpeg` for all but WAV',
    source: 'pydub, README "Dependencies"',
  },
  {
    distribution: 'ffmpeg-python',
    modules: ['ffmpeg'],
    needs: ['ffmpeg'],
    why: 'calls the program `ffmpeg`',
    source: 'ffmpeg-python, README "Installing FFmpeg"',
  },
  {
    distribution: 'gitpython',
    modules: ['git'],
    needs: ['git'],
    why: 'looks for the program `git` when it is imported, and fails without it',
    source: 'GitPython, README "Requirements"; git/__init__.py',
  },
  {
    distribution: 'graphviz',
    modules: ['graphviz'],
    needs: ['graphviz', 'fonts'],
    why: 'calls the program `dot`',
    source: 'graphviz, "Installation"',
  },
  {
    distribution: 'pydot',
    modules: ['pydot'],
    needs: ['graphviz', 'fonts'],
    why: 'calls the program `dot`',
    source: 'pydot, README "Installation"',
  },
  {
    distribution: 'pypandoc',
    modules: ['pypandoc'],
    needs: ['pandoc'],
    why: 'calls the program `pandoc`; pypandoc-binary brings it',
    source: 'pypandoc, README "Installing pandoc"',
    unless: ['pypandoc-binary'],
  },
  {
    distribution: 'pdfkit',
    modules: ['pdfkit'],
    needs: ['wkhtmltopdf', 'fonts'],
    why: 'calls the program `wkhtmltopdf`',
    source: 'pdfkit, README "Installation"',
  },
  {
    distribution: 'ocrmypdf',
    modules: ['ocrmypdf'],
    needs: ['tesseract', 'ghostscript'],
    why: 'calls the programs `tesseract` and `gs`',
    source: 'OCRmyPDF, "Installing OCRmyPDF", "Requirements for pip and HEAD install"',
  },
  {
    distribution: 'textract',
    modules: ['textract'],
    needs: ['antiword', 'poppler', 'tesseract'],
    why: 'calls a program for each kind of document',
    source: 'textract, "Installation", "Ubuntu / Debian"',
  },
];

/** What no package of a distribution can bring: said where it is imported. */
export const UNSERVED: Readonly<Record<string, string>> = {
  playwright:
    'its browsers are downloads of its own (`playwright install`), not packages: start from the image of Playwright, or name a browser server',
  pyppeteer: 'its browser is a download of its own: name a browser that runs elsewhere',
};

/** Distributions that people ask about and that need nothing: their wheels bring all, or the standard library does. */
export const BRINGS_ALL: readonly string[] = [
  'camelot-py',
  'confluent-kafka',
  'cryptography',
  'fiona',
  'h5py',
  'lxml',
  'matplotlib',
  'moviepy',
  'numpy',
  'opencv-python-headless',
  'pikepdf',
  'pillow',
  'psycopg-binary',
  'psycopg2-binary',
  'pycurl',
  'pymssql',
  'pymupdf',
  'pyproj',
  'rasterio',
  'reportlab',
  'shapely',
  'soundfile',
  'xmlsec',
];
