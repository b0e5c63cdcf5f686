import { cause } from './cause.ts';

/** Debian's names: what is only there to build with. */
const PACKAGES =
  /^(?:(?:gcc|g\+\+|cpp|gfortran|clang|llvm)(?:-[\d.]+)?(?:-[a-z0-9-]+-linux-gnu)?|binutils(?:-.*)?|make|cmake|ninja-build|pkg-config|pkgconf(?:-bin)?|dpkg-dev|build-essential|patch|.*-dev|libc-dev-bin|lib(?:binutils|ctf.*|gprofng0|cc1-0|isl23|mpc3|mpfr6|asan\d|tsan\d|ubsan\d|lsan\d|hwasan\d|itm1|quadmath0)|cargo|rustc|golang.*|linux-libc-dev)$/;
/** Installed without a package, or by apk and rpm. */
const PATHS =
  /^usr\/(?:local\/)?(?:include|go|rustup|cargo)\/|^usr\/(?:local\/)?lib(?:64|exec)?\/(?:[a-z0-9_]+-[a-z-]+\/)?(?:gcc|pkgconfig|cmake)\/.*|^usr\/(?:local\/)?bin\/(?:(?:[a-z0-9_]+-[a-z0-9-]+-)?(?:gcc|g\+\+|c\+\+|cpp|cc|ld|ld\.(?:bfd|gold)|as|ar|ranlib|gold)(?:-[\d.]+)?|make|cmake|ninja|rustc|cargo|clang(?:\+\+)?(?:-\d+)?)$|(?:^|\/)[^/]+\.(?:a|la|pc)$|\/(?:site|dist)-packages\/.*\.(?:h|hh|hpp|hxx|cuh|pxd|pyx)$|(?:^|\/)root\/(?:\.cargo|\.rustup|go\/pkg)\//;
/** What programs load at run time, though it lies in a compiler's folder. */
const RUNTIME = /\/lib(?:gcc_s|stdc\+\+|gomp|atomic|gfortran)\.so/;

export const compilers = cause({
  id: 'compilers',
  title: 'compilers and headers',
  why: 'A service runs what was compiled; what compiles it is hundreds of megabytes, and a gift to an intruder.',
  source: 'Docker, "Building best practices", "Use multi-stage builds"; Debian policy, 8.4, "Development files"',
  fix: 'compile in a stage of its own and `COPY --from` what it made',
  rule: 'build-tools-in-image',
  matches: ({ path, owner }) => !RUNTIME.test(path) && ((owner?.by === 'debian' && PACKAGES.test(owner.name)) || PATHS.test(path)),
});
