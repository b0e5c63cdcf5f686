import fc from 'fast-check';

/** Dockerfiles in which one of hadolint's codes occurs, and near misses: the same but for one place, and without the code. */
export interface NearMisses {
  readonly code: string;
  /** What .hadolint.yaml says; empty where there is none. */
  readonly config: string;
  /** `«a¦b→c¦d»` stands for four texts: with `a` and with `b` hadolint finds the code, with `c` and with `d` it does not. */
  readonly patterns: readonly string[];
}

/** One text of a pattern. `at`: what stands in the place of the mark. */
export interface Variant {
  readonly text: string;
  readonly at: string;
}

export function variantsOf(pattern: string): { readonly hits: readonly Variant[]; readonly misses: readonly Variant[] } {
  const [, before, hits, misses, after] = /^([^«]*)«([^«→»]*)→([^«→»]*)»([^«»]*)$/.exec(pattern) ?? [];
  if (before === undefined || hits === undefined || misses === undefined || after === undefined)
    throw new Error(`one mark «with→without» is needed: ${pattern}`);
  const variant = (at: string): Variant => ({ text: `${before}${at}${after}\n`, at });
  return { hits: hits.split('¦').map(variant), misses: misses.split('¦').map(variant) };
}

const files = (code: string, patterns: readonly string[], config = ''): NearMisses => ({ code, config, patterns });
/** Instructions of a stage. */
const stage = (code: string, patterns: readonly string[], config = ''): NearMisses =>
  files(
    code,
    patterns.map((pattern) => `FROM debian:12\n${pattern}`),
    config,
  );
/** What RUN runs. */
const run = (code: string, patterns: readonly string[]): NearMisses =>
  stage(
    code,
    patterns.map((pattern) => `RUN ${pattern}`),
  );
/** Values of the label `it`, which is of this type. */
const label = (code: string, type: string, patterns: readonly string[]): NearMisses =>
  stage(
    code,
    patterns.map((pattern) => `LABEL it=${pattern}`),
    `label-schema: { it: ${type} }`,
  );

const SIGNS = [...'"\'$\\ -=:/@*.|;&<>~`#({[!aZ0\t\n%^+,ä'];

/** One of the texts with one character or one word changed, most often near its end. */
export function changed(texts: readonly string[]): fc.Arbitrary<string> {
  const words = [...new Set(texts.flatMap((text) => text.split(/\s+/)))];
  const change = fc.oneof(
    fc.constantFrom('', ...SIGNS).map((sign) => (text: string, at: number) => {
      const place = Math.max(0, text.length - 2 - at);
      return text.slice(0, place) + sign + text.slice(place + (at % 2));
    }),
    fc.constantFrom('', ...words).map((word) => (text: string, at: number) => {
      // Words, and the blanks between them.
      const parts = text.split(/(\s+)/);
      return parts.with(-3 - 2 * (at % Math.floor(parts.length / 2)), word).join('');
    }),
  );
  return fc.tuple(fc.constantFrom(...texts), fc.nat({ max: 30 }), change).map(([text, at, make]) => make(text, at));
}

export const NEAR_MISSES: readonly NearMisses[] = [
  files(
    'DL1001',
    [
      '# hadolint ignore«=¦ = →:¦ »DL3006\nFROM debian',
      '# hadolint ignore=«DL3006¦SC2086¦DL3006,DL3008 # why→dl3006¦no-latest-tag¦DL3006 why»\nFROM debian',
      '#«hadolint¦\thadolint→hadolin¦Hadolint¦ see hadolint» ignore=DL3006\nFROM debian',
      'FROM debian\n# hadolint «→global ¦stage ¦file »ignore=DL3059\nRUN a',
      'FROM debian\nRUN a\n# «→no »hadolint ignore=DL4006\nRUN b',
    ],
    'override: { info: [DL1001] }',
  ),
  stage('DL3000', [
    'WORKDIR «→/¦$¦"/»app',
    'WORKDIR «app¦../app¦~/app→/app¦$APP¦${APP}/a¦C:\\app»',
    'WORKDIR «"app"→"/app"»',
    'WORKDIR «./→/»app/src',
    'WORKDIR /app\nWORKDIR «src→/src»',
  ]),
  run('DL3001', [
    '«ssh¦vim¦ps¦free¦top¦kill→sshd¦vi¦pstree¦freeze¦htop¦pkill» a',
    '«→echo ¦/usr/sbin/»service cron start',
    'ls && «mount→umount» /mnt',
    '["«shutdown→/shutdown»", "now"]',
    'apt-get install «-y ;→-y » vim',
  ]),
  stage('DL3002', [
    'USER «root¦0¦root:app¦0:0→app¦1000¦rooty¦app:root¦00¦$root»',
    'USER root\nRUN a\n«USER 0→USER 1»',
    'USER root\n«→USER app»',
    'USER «root→roo»',
    'USER app\nFROM debian:12\nUSER «root→"root"»',
  ]),
  run('DL3003', [
    '«cd→pushd¦chdir¦cdrecord» /src && make',
    'a && «→echo »cd /src',
    'if true; then «cd→ls» /src; fi',
    '«command ¦builtin ¦exec →sudo ¦env ¦nice »cd /src',
    '["«cd→/bin/cd»", "/src"]',
    '(«cd→ls» /src)',
  ]),
  run('DL3004', [
    '«sudo→sudoedit¦su¦doas¦/usr/bin/sudo¦$sudo¦sud» make',
    'a && «→echo »sudo make',
    'a; «sudo→gosu» make',
    'apt-get install -y a«;→» sudo',
    '["«sudo→sh»", "make"]',
    'if a; then «sudo→su» b; fi',
  ]),
  files('DL3006', [
    'FROM «debian¦debian AS a¦--platform=$P a→debian:12¦debian@sha256:abc¦$debian¦scratch»',
    'FROM example.org/a/b«→:1»',
    'FROM debian:12 AS «base→build»\nFROM build',
    'FROM «example.org/a→${EXAMPLE}»',
    'FROM a:1 AS build\nFROM «builder→build»',
    'FROM «Scratch→scratch»',
  ]),
  files('DL3007', [
    'FROM debian:«latest→12¦latest-slim¦Latest¦$TAG¦latest@sha256:a»',
    'FROM debian:12 AS a\nFROM alpine:«latest→3.20» AS b',
    'FROM example.org/a:«latest¦latest AS b→1¦latest@sha256:b»',
    'FROM debian:latest«¦ AS a→-slim¦@sha256:a»',
    'FROM --platform=$BUILDPLATFORM debian:«latest→stable»',
  ]),
  run('DL3008', [
    'apt-get install «curl¦curl-7¦curl~7→curl=7¦./curl.deb¦curl/stable¦curl=»',
    'apt-get install -y curl=7 git«→=1:2.39¦/testing¦.deb»',
    'apt-get «install→download¦source¦upgrade» curl',
    '«apt-get→aptitude¦apt¦echo apt-get» install curl',
    'apt-get install -y «-q→-t» stable',
    'apt-get install --«default→target»-release stable curl=7',
    'apt-get install "curl«→=7»"',
    'apt-get install $CURL«→=7»',
  ]),
  run('DL3009', [
    // Either argument is enough.
    'apt-get update && rm -«fr¦r→rf» /var/lib/apt/lists',
    'apt-get update && rm -r /var/lib/apt/list«→s»/*',
    'apt-get update && rm -r /var/lib/apt/lists/«¦a*→*»',
    'apt-get update && «echo →»rm -rf /var/lib/apt/lists/*',
    'apt-get «update→upgrade¦check¦install -y a=1»',
    '«apt¦apt-get¦aptitude→apk¦apt-cache¦echo apt-get» update',
    '--mount=type=«bind→cache¦tmpfs»,target=/var/lib/apt/lists apt-get update',
    '--mount=type=cache,target=/var/lib/«dpkg→apt/lists» apt-get update',
  ]),
  stage('DL3010', [
    '«COPY→ADD» a.tar.gz /tmp/\nRUN tar -xzf /tmp/a.tar.gz',
    'COPY a.tgz /tmp/\nRUN tar «-xzf¦--extract -f¦--get -f→xzf¦--list -f¦-tf» /tmp/a.tgz',
    'COPY a.tgz /tmp/\nRUN tar -xf /tmp/«a→b».tgz',
    'COPY «→--from=b »a.tar /tmp/\nRUN tar -xf /tmp/a.tar',
    'COPY a.tar.xz /tmp/\nRUN «unxz¦gunzip¦unzip→xz -d¦ls¦xzcat» /tmp/a.tar.xz',
    'COPY a.tar /tmp/\n«→FROM b:1\n»RUN tar -xf /tmp/a.tar',
  ]),
  stage('DL3011', ['EXPOSE «65536¦70000¦99999/tcp¦80 65536¦1-65536→65535¦7000¦9999/tcp¦80 6553¦1-65535¦$PORT»', 'EXPOSE 8«0000→000»']),
  stage('DL3012', [
    'HEALTHCHECK NONE\n«→# »HEALTHCHECK NONE',
    'HEALTHCHECK NONE\n«RUN a→FROM a:1»\nHEALTHCHECK CMD ["a"]',
    '«→ONBUILD »HEALTHCHECK NONE\nHEALTHCHECK NONE',
    'HEALTHCHECK CMD a\n«→ONBUILD »HEALTHCHECK CMD b',
    'HEALTHCHECK NONE\nUSER 1\n«HEALTHCHECK CMD→CMD» a',
    'HEALTHCHECK --interval=5s CMD a\n«¦RUN b\n→FROM a:1\n»HEALTHCHECK CMD c',
  ]),
  run('DL3013', [
    'pip install "flask«¦[async]¦=3¦@3→==3¦>=3¦~=3¦!=3¦<4»"',
    'pip install «-q¦-U¦--user→-r¦--requirement» requirements.txt',
    'pip install «a¦..→.¦./a¦a.whl¦a.tar.gz¦/a»',
    '«pip¦pip3¦pip3.12→pipenv¦pipenv run pip¦echo pip¦/usr/bin/pip» install flask',
    'python3 -m «pip→pipx¦venv» install flask',
    'pip «install→download¦wheel» flask',
    'pip install git+https://example.org/a«→@v1»',
    'pip install flask«→ -c c.txt¦ --constraint c.txt»',
    'pip install «-v→-i¦--index-url» simple',
  ]),
  run('DL3014', [
    'apt-get install «¦-q¦--no-upgrade¦--ye→-y¦-qq¦--yes¦--assume-yes¦-q=2¦-q -q¦-yq» curl=7',
    'apt-get«¦ -q→ -y» install curl=7',
    'apt-get «install→update¦download¦remove¦build-dep» curl=7',
    '«apt-get→apt¦aptitude¦echo apt-get» install curl=7',
    'A=b apt-get install curl=7« -q→ -y»',
  ]),
  run('DL3015', [
    'apt-get install -y --no-install-«suggests¦recommend→recommends» curl=7',
    'apt-get install -y -o APT::Install-Recommends=«true¦1¦no→false» curl=7',
    'apt-get -o APT::Install-«Suggests→Recommends»=false install curl=7',
    'apt-get «install→upgrade¦remove» -y curl=7',
    '«apt-get→apt¦aptitude¦echo apt-get» install -y curl=7',
  ]),
  run('DL3016', [
    'npm install «express¦@types/node¦express-4→express@4¦@types/node@22¦./express¦a.tgz¦/express»',
    'npm install -g express«→@4.18¦@latest¦@^4»',
    'npm «install→ci¦i¦add¦uninstall¦run install» express',
    '«npm→pnpm¦yarn¦npx npm¦echo npm» install express',
    'npm install git+https://example.org/a.git«→#v1»',
    'npm install «--tag→--registry¦--loglevel» next',
    'npm install express@4 @scope/a«→@1»',
  ]),
  run('DL3018', [
    'apk add «curl¦curl-8¦curl:8→curl=8¦curl~8¦"curl>8"¦"curl<9"¦curl.apk»',
    'apk add --no-cache curl=8 git«→=2¦~=2»',
    'apk «add→del¦fix¦update¦info» curl',
    '«apk→apt¦echo apk¦sudo apk» add curl',
    'apk add «-U→-t¦-X¦--virtual¦--repository» curl',
    'apk --no-cache add "$PACKAGE«→=1»"',
  ]),
  run('DL3019', [
    'apk add «¦-U¦-q¦--nocache→--no-cache¦-U --no-cache» curl=8',
    'apk «¦-U ¦-v →--no-cache »add curl=8',
    'apk «add→del¦update¦fix» curl=8',
    '«apk→echo apk¦apt» add curl=8',
    '--mount=type=«bind→cache¦tmpfs»,target=/var/cache/apk apk add curl=8',
    '--mount=type=cache,target=/var/cache/«apt→apk» apk add curl=8',
  ]),
  stage('DL3020', [
    '«ADD→COPY» a /b',
    'ADD a«¦.zip¦.jar¦.tar.zst→.tar¦.tgz¦.tar.gz¦.xz¦.Z» /b',
    'ADD «a¦ftp://x.y/a¦git@x.y:a→http://x.y/a¦https://x.y/a» /b',
    'ADD a.tar «b→b.tar¦https://b.c/» /d/',
    'ADD ["«a→a.tar»", "/b"]',
    'ADD "a«→.tgz»" /b',
  ]),
  stage('DL3021', [
    'COPY a b /c«→/»',
    'COPY «a ¦a b →¦--link ¦--chown=a »b /c',
    'COPY ["a", «"b", →»"/c"]',
    'COPY a b "/c«→/»"',
    'COPY a b «.¦..¦$HOME¦c→./¦../¦$HOME/¦c/»',
    '«COPY→ADD» a b /c',
  ]),
  files('DL3022', [
    'FROM a:1 AS build\nFROM b:1\nCOPY --from=«builder¦Build¦2¦$BUILD→build¦0¦1¦a:1» /a /b',
    'FROM debian:12 AS «b→build»\nFROM a:1\nCOPY --from=build /a /b',
    'FROM a:1\nCOPY «--from=a→--link» /a /b',
    'FROM a:1\nCOPY --from=quay.io/a«→:1¦@sha256:a» /a /b',
  ]),
  files('DL3023', [
    'FROM a:1 AS b\nCOPY --from=«b→c¦0¦B¦a:1¦$b» /a /b',
    'FROM a:1 AS «b→c»\nCOPY --from=b /c /d',
    'FROM a:1 AS b\nCOPY --from=«b→"b"» --link /a /b',
    'FROM a:1 «as b→as 0»\nCOPY --from=b /a /b',
    'FROM a:1 AS b\n«→FROM c:1\n»COPY --from=b /a /b',
    'FROM a:1 AS b\nFROM c:1 AS d\nCOPY --from=«d→b» /a /b',
    'FROM a:1 AS c\nCOPY --from=«c→d» --chown=1 a b',
    'FROM a:1 AS b\nCOPY «--from=b→--link» /a /b',
    'FROM a:1 AS b\n«→ONBUILD »COPY --from=b /a /b',
  ]),
  files('DL3024', [
    'FROM a:1 AS b\nFROM c:1 AS «b→d¦B¦b2»',
    'FROM a:1 AS b\nFROM c:1«¦@sha256:d→ AS d #» AS b',
    'FROM a:1 AS «b→c»\nFROM a:1 AS b',
    'FROM a:1 AS b\nFROM b AS «b→c»',
    'FROM a:1 AS b\nFROM a:1 AS c\nFROM a:1 AS «b¦c→d»',
  ]),
  stage('DL3025', [
    '«CMD¦ENTRYPOINT¦HEALTHCHECK CMD→RUN¦VOLUME¦STOPSIGNAL» a',
    'CMD [«\'a\'¦"a",¦a→"a"¦"a", "b"¦»]',
    'ENTRYPOINT ["a", "b" «¦}→]»',
    'HEALTHCHECK CMD «a¦[a]→["a"]»',
    'CMD ["a" «→,»"b"]',
    '«→# »CMD a',
    '«→ONBUILD »CMD a',
  ]),
  files(
    'DL3026',
    [
      'FROM «quay.io¦example.org¦a.io→docker.io¦a.example.org¦ghcr.io¦hub»/a:1',
      'FROM a.example.or«h→g»/b:1',
      'FROM a:1\nCOPY --from=«quay.io→docker.io»/a:1 /b /c',
      'FROM a:1\nRUN --mount=from=«quay.io→ghcr.io»/a:1,target=/x ls',
      'FROM «docker.com→docker.io»/a:1',
    ],
    'trustedRegistries: [docker.io, "*.example.org", "ghcr.*"]',
  ),
  run('DL3027', [
    '«apt→apt-get¦apt-cache¦echo apt¦apk¦/usr/bin/apt¦aptitude» install a',
    'a && «apt→apt-get» update',
    'if a; then «apt→apt-get» update; fi',
    '["«apt→/usr/bin/apt»", "update"]',
    '«exec ¦command ¦A=1 →sudo ¦echo »apt update',
  ]),
  run('DL3028', [
    'gem install «rake¦rake-13¦rake@13→rake:13¦rake -v 13¦rake --version=13»',
    'gem install rake:13 bundler«→:2»',
    'gem «install¦i→update¦list» rake',
    '«gem→echo gem¦bundle» install rake',
    'gem install $RAKE«→:1»',
    'gem install «→--no-document »rake',
  ]),
  files('DL3029', [
    'FROM --platform=«linux/amd64¦linux¦$TARGETARCH¦$PLATFORM→$BUILDPLATFORM¦${BUILDPLATFORM}¦$TARGETPLATFORM» a:1',
    'FROM «--platform=linux →»a:1',
    'FROM --platform=linux/$TARGET«ARCH→PLATFORM» a:1',
    'FROM a:1 AS b\nFROM --platform=$BUILD«→PLATFORM» a:1',
  ]),
  run('DL3030', [
    'yum install «¦-q¦--yes¦-Y→-y¦--assumeyes¦-qy» a-1',
    'yum «¦-q →-y »install a-1',
    'yum «install¦groupinstall¦localinstall→update¦remove¦reinstall» a-1',
    '«yum→zypper¦echo yum» install a-1',
  ]),
  run('DL3032', [
    'yum install -y a-1 && yum «check→clean» -q',
    'yum install -y a-1 && «dnf¦echo yum→yum» clean all',
    'yum install -y a-1 && rm -r /var/cache/«dnf→yum»/*',
    'yum install -y a-1 && rm -«fr→rf» /var/cache/yum',
    'yum «install→update¦reinstall¦groupinstall» -y a-1',
    '«yum→echo yum¦apt-get» install -y a-1',
  ]),
  run('DL3033', [
    'yum install -y «curl¦curl-devel¦curl=7¦curl_7→curl-7¦curl-devel-7¦a-b.rpm¦curl-7.1-1.el9»',
    'yum install -y a«→-b».rpm',
    'yum module install -y nodejs«→:20»',
    'yum «install→update¦remove» -y curl',
    '«yum→echo yum» install -y curl',
  ]),
  stage('DL3033', ['ARG «W→V»\nRUN yum install -y a-${V}', 'ENV V=1\nRUN yum install -y a«→-»${V}']),
  run('DL3034', [
    'zypper install «¦-q¦--yes¦-Y¦--no→-y¦-n¦--no-confirm¦--non-interactive» a=1',
    'zypper «¦-q →-n »install a=1',
    'zypper «install¦in¦remove¦rm¦patch¦si→refresh¦update¦up¦search» a=1',
    '«zypper→echo zypper¦yum» install a=1',
  ]),
  run('DL3035', [
    'zypper «dist-upgrade¦dup→upgrade¦update¦up¦dist_upgrade¦patch»',
    'zypper -n «dup¦dist-upgrade→up¦patch»',
    '«zypper→echo zypper¦sudo zypper¦apt-get» dup',
    'a && zypper dist«-→»upgrade',
    'zypper refresh && zypper «dup→ref»',
  ]),
  run('DL3036', [
    'zypper install -y a=1 && zypper «refresh¦cleann→clean¦cc¦clean -a»',
    'zypper «install¦in→remove¦update» -y a=1',
    '--mount=type=«bind→cache¦tmpfs»,target=/var/cache/zypp zypper in -y a=1',
    '--mount=type=cache,target=/var/cache/«zip→zypp» zypper in -y a=1',
    'zypper in -y a=1 && «echo →»zypper clean',
  ]),
  run('DL3037', [
    'zypper install -y «curl¦curl-8¦curl~8→curl=8¦"curl>8"¦"curl<9"¦curl.rpm»',
    'zypper -n in a=1 "b«¦!→=2¦>=2¦<3»"',
    'zypper «install¦in→remove¦update» -y curl',
    '«zypper→echo zypper¦sudo zypper» in -y curl',
  ]),
  run('DL3038', [
    'dnf install «¦-q¦--yes¦-Y→-y¦--assumeyes¦-qy» a-1',
    'microdnf «¦-q →-y »install a-1',
    'dnf «install¦groupinstall¦localinstall→upgrade¦remove¦reinstall» a-1',
    '«dnf¦microdnf→zypper¦echo dnf¦dnf5» install a-1',
  ]),
  run('DL3040', [
    'dnf install -y a-1 && dnf «check→clean» -q',
    'dnf install -y a-1 && «yum¦echo dnf→dnf» clean all',
    'dnf install -y a-1 && rm -r "/var/cache/«dnf→libdnf5»*"',
    'dnf «install¦upgrade¦reinstall→update¦remove¦download» -y a-1',
    '«microdnf→echo dnf¦zypper» install -y a-1',
    '--mount=type=cache,target=/var/cache/«dnf→libdnf5» dnf install -y a-1',
  ]),
  run('DL3041', [
    'dnf install -y «curl¦curl-devel¦curl=7¦curl_7→curl-7¦curl-devel-7¦a-b.rpm¦curl-7.1-1.el9»',
    'microdnf install -y a«→-b».rpm',
    'dnf module install -y nodejs«→:20»',
    'dnf «install→upgrade¦remove¦group install» -y curl',
    '«dnf→echo dnf¦dnf5» install -y curl',
  ]),
  stage('DL3041', ['ARG «W→V»\nRUN dnf install -y a-${V}', 'ENV V=1\nRUN dnf install -y a«→-»${V}']),
  run('DL3042', [
    'pip install «¦--no-cache¦--cache-dir a→--no-cache-dir» a==1',
    '«pip¦pip3→pipx¦pipenv¦echo pip» install a==1',
    'python3 -m «pip→pipx» install a==1',
    '--mount=type=cache,target=/root/.cache/«uv→pip» pip install a==1',
    '--mount=type=«bind→cache¦tmpfs»,target=/root/.cache/pip pip install a==1',
    'PIP_NO_CACHE_DI«→R»=1 pip install a==1',
    'export PIP_NO_CACHE_DIR=«0→1» && pip install a==1',
  ]),
  stage('DL3042', ['ENV PIP_NO_CACHE_DIR=«0¦off¦2¦tRUE→1¦on¦true¦yes¦True»\nRUN pip install a==1']),
  stage('DL3043', [
    'ONBUILD «ONBUILD RUN a¦FROM a:1¦MAINTAINER a→RUN a¦COPY a /a¦LABEL a=b¦USER 1»',
    'ONBUILD «ONBUILD →»USER 1',
    'ONBUILD «MAINTAINER→LABEL» a=b',
    '«ONBUILD →»MAINTAINER a',
    'RUN a\nONBUILD «onbuild→run» run a',
    '«→# »ONBUILD FROM a:1',
  ]),
  stage('DL3044', [
    'ENV A=1 B=$«A¦{A}→B¦{A:-1}¦AB¦{AB}¦C»',
    'ENV A=1 «→\\\n C=1\nENV »B=$A',
    '«→ARG A\n»ENV A=1 B=$A',
    '«→ENV A=2\n»ENV A=1 B=$A',
    'ENV A=1 B="$A«→B»"',
    'ENV B=$«A→C» A=1',
    'ENV A=1 C=2 B=a/${«A¦C→B¦D»}/b',
  ]),
  stage('DL3045', [
    'COPY a «b¦./¦../b¦"b"→/b¦$B¦C:\\b¦"/b"¦${B}»',
    '«→WORKDIR /a\n»COPY a b',
    '«COPY→ADD» a b',
    'COPY ["a", "«→/»b"]',
    'WORKDIR /a\nFROM «b:1→debian»\nCOPY a b',
  ]),
  run('DL3046', [
    'useradd -u «100000¦123456¦$USER_ID→10000¦99999¦$ID» app',
    'useradd «¦-m →-l ¦--no-log-init »-u 123456 app',
    'useradd -«m→l»u 123456 app',
    '«useradd→adduser¦usermod¦echo useradd» -u 123456 app',
    'useradd «-u→-g» 123456 app',
    'useradd -m -u «999999→65534» app',
  ]),
  run('DL3047', [
    'wget «¦-O a¦-c¦-v→-q¦-nv¦--quiet¦-o log¦--progress=dot¦--no-verbose¦-a log» https://example.org/a',
    '«wget→curl¦echo wget¦wget2¦/usr/bin/wget» a',
    'wget a -«O→o» b',
    'wget -q a && wget «→-q »b',
    'wget -cS«→q» a',
  ]),
  stage('DL3048', [
    'LABEL «Team¦1a¦a-¦a..b¦a--b¦a_→team¦a1¦a-b¦a.b¦a_b¦a/b»=core',
    'LABEL «com.docker¦io.docker¦org.dockerproject→com.dockers¦org.docker¦io.dockers».a=b',
    'LABEL a=b «C→c»=d',
    '«LABEL→ENV» Team=core',
    'LABEL "a«@→.»b"=c',
  ]),
  files(
    'DL3049',
    [
      'FROM a:1\n«→LABEL team=core\n»RUN a',
      'FROM b:1\nLABEL «Team¦teams¦te→team¦"team"»=core',
      'FROM b:1\nLABEL a=b «→team=»c=d',
      'FROM a:1 AS c\nFROM b:1\nLABEL team=core\nCOPY --from=«b→c» /d /d',
      'FROM a:1\n«ENV→LABEL» team=core',
      'FROM a:1\n«# →»LABEL team=core',
      'FROM a:1\n«ONBUILD →»LABEL team=core',
      'FROM a:1 AS b\nLABEL team=core\nFROM «a:1→b»',
    ],
    'label-schema: { team: text }',
  ),
  stage(
    'DL3050',
    [
      'LABEL «squad¦Team¦teams¦te.am→team¦"team"»=core',
      'LABEL team=core «squad=a→»',
      '«LABEL→ENV» squad=core',
      '«→# »LABEL squad=core',
      'LABEL team=a\n«→ONBUILD »LABEL squad=b',
      'LABEL team=a «b→team»=c',
    ],
    'label-schema: { team: text }\nstrict-labels: true',
  ),
  label('DL3051', 'text', ['«¦""¦\'\'→a¦"a"¦\'a\'¦0»', '«""→" "» b=c', 'a it=«→b»', '"«→x»" a=b']),
  stage('DL3051', ['LABEL it«→s»=', '«LABEL→ENV» it=""'], 'label-schema: { it: text }'),
  label('DL3052', 'url', [
    '«example.org¦//a.org¦https//a¦1a:b→https://a.org¦http:a¦mailto:a@b.c¦ftp://a/b»',
    'https://example.org/«{a}¦a|b¦%2→a¦%20¦?a#b»',
    '"https://a.org/«b c→b%20c»"',
    'example.org«→:»',
  ]),
  label('DL3053', 'rfc3339', [
    '2024-02-«30→29»T12:00:00Z',
    '202«3→4»-02-29T12:00:00Z',
    '2024-01-01T12:00:00«¦z+¦+2:00→Z¦+02:00¦.5Z»',
    '2024-01-01«_→T¦t»12:00:00Z',
    '2024-«13¦1¦00→12»-01T12:00:00Z',
    '2024-01-01T«24¦9→23»:00:00Z',
  ]),
  label('DL3054', 'spdx', [
    'Apache«¦-2¦_2.0→-2.0¦-1.1»',
    'MIT«x→¦-0»',
    'GPL-3.0-«→only¦or-later»',
    'BSD-3«→-Clause»',
    '«apache→Apache»-2.0',
  ]),
  label('DL3055', 'hash', ['012345«¦67¦g¦F→6¦a¦f»', '«main→0a1b2c3¦abcdef0»', '012345678901234567890123456789012345678«¦01¦x→9¦a»']),
  label('DL3056', 'semver', ['1.2«¦.x¦.3.4¦.3_a→.3¦.3-a¦.3+b¦.3-a.1+b¦.03»', '«v→»1.2.3', '1.2.3«~→-»rc.1', '1«→.0.0»']),
  files(
    'DL3057',
    [
      'FROM a:1\n«→HEALTHCHECK NONE\n»RUN a',
      'FROM a:1\n«# →»HEALTHCHECK NONE',
      'FROM a:1\n«ONBUILD →»HEALTHCHECK NONE',
      'FROM a:1 AS b\nHEALTHCHECK NONE\nFROM «c:1→b»',
      'FROM b:1\n«→HEALTHCHECK »CMD ["a"]',
      'FROM c:1\n«→HEALTHCHECK »CMD ["a"]',
      'FROM a:1\nHEALTHCHECK NONE\nFROM «b→a»:1',
      'FROM a:1 AS «a→b»\nHEALTHCHECK NONE\nFROM b',
    ],
    'override: { info: [DL3057] }',
  ),
  label('DL3058', 'email', [
    'core«¦@¦.example.org→@example.org¦@b.org»',
    'a@«@→»example.org',
    'a«.→»@example.org',
    'a@b«..→.»org',
    '"«a b→a.b»@c.org"',
    'a@«→[»127.0.0.1]',
  ]),
  stage('DL3059', [
    'RUN a\nRUN b«→ && c¦; c»',
    'RUN a«→ && b¦ | b»\nRUN c',
    'RUN a\n«¦# b\n¦\n→COPY a /b\n¦ENV A=1\n¦FROM b:1\n»RUN c',
    'RUN a\n«→ONBUILD »RUN b',
    'RUN a\nRUN «→--network=none »b',
    'RUN --network=none a\nRUN --network=«none→host» b',
    'RUN a\n«RUN→ENTRYPOINT» ["b", "c"]',
    'RUN a\n«RUN→CMD» b',
  ]),
  run('DL3060', [
    'yarn install && yarn «list¦dir→clean¦cache»',
    'yarn install && «npm¦echo yarn→yarn» cache clean',
    'yarn «install→add¦build¦»',
    '«yarn→npm¦echo yarn» install',
    '--mount=type=cache,target=/root/.cache/«npm→yarn» yarn install',
    '--mount=type=«bind→cache¦tmpfs»,target=/root/.cache/yarn yarn install',
  ]),
  files('DL3060', ['FROM a:1 AS b\nRUN yarn install\nFROM «b→c:1»']),
  files('DL3061', [
    '«RUN a¦LABEL a=b¦ENV A=1¦USER 1¦COPY a /b→ARG A=1¦ARG A¦# RUN a¦»\nFROM a:1',
    'ARG A\n«ENV→ARG» B=1\nFROM a:1',
    '«LABEL a=1\nFROM a:1→FROM a:1\nLABEL a=1»',
  ]),
  run('DL3062', [
    'go install example.org/a«¦@latest¦@none→@v1¦@main¦@0123abc»',
    'go «install¦get¦run→build¦test¦mod» example.org/a',
    'go install «→./¦../¦/»a',
    'go run «→./»main.go',
    '«go→echo go¦/usr/bin/go¦go1.23» install example.org/a',
    'go get «-u →-u ./»a',
  ]),
  files('DL3063', [
    'FROM a:1 AS «scratch¦context→scratchy¦contexts¦Scratch¦build»',
    'FROM a:1 as «scratch→scratc»',
    'FROM scratch AS «context→con»',
    'FROM a:1 AS b\nFROM b AS «scratch→scratch2»',
    'FROM --platform=$BUILDPLATFORM a:1 AS «context→context-»',
  ]),
  stage('DL3064', [
    'ARG «NPM_TOKEN¦password¦A_SECRET_B¦USERNAME¦api_key→NPM_TOKE¦passwd¦A_SECRE_B¦USER_NAME¦apikey»',
    'ARG TRAVIS_SUD«O→»',
    'ENV A=1 B_«TOKEN¦Token→TOKE¦TOK_EN»=2',
    '«ARG¦ONBUILD ARG→LABEL¦# ARG» token=1',
    'ARG AWS_ACCESS_KEY«_ID→»',
  ]),
  files('DL3065', [
    'FROM --platform=«$TARGETPLATFORM¦${TARGETPLATFORM}→$BUILDPLATFORM¦$TARGETARCH¦a/$TARGETPLATFORM» a:1',
    'FROM --platform=${TARGETPLATFORM«→:-a»} a:1',
    'FROM a:1 AS b\nFROM --platform=$«TARGET→BUILD»PLATFORM b',
    'FROM --platform=$TARGETPLATFORM«→S» a:1 AS b',
    'ARG A\nFROM --platform=$TARGET«PLATFORM→OS» a:$A',
    'FROM --platform=$«TARGET→HOST»PLATFORM a:1 AS c',
  ]),
  stage('DL3066', [
    'USER «app¦root¦app:1¦10a¦"1"→1000¦1000:app¦0»',
    '«→ARG U\n»USER $U',
    '«ENV→ARG» U=1\nUSER ${U}',
    'ARG U\nUSER $«V→U»',
    '«→# »USER app',
    'ARG U\nUSER «→$»U',
  ]),
  files(
    'DL3067',
    [
      'COPY --from=b / /«→a¦.»',
      'COPY --from=b /«→a» /',
      'COPY --from=b "/«→a»" "/"',
      'COPY «--from=b→--link» / /',
      'COPY --from=b /a /«→b» /',
      'COPY --from=b --chown=1 /«→*» /',
      'COPY --from=0 / /«→srv»',
      'COPY --from=b ["/«→a»", "/"]',
      '«COPY→# COPY» --from=b / /',
    ].map((pattern) => `FROM a:1 AS b\nFROM c:1\n${pattern}`),
  ),
  stage('DL4000', [
    '«MAINTAINER→LABEL maintainer¦# MAINTAINER¦ENV MAINTAINER» me',
    '«→LABEL »MAINTAINER a=b',
    '«MAINTAINER¦maintainer→USER¦user» me',
    'RUN a\n«MAINTAINER→RUN» b',
    'RUN a «→\\»\nMAINTAINER b',
    'LABEL a=b\n«→# »MAINTAINER c\nFROM d:1',
  ]),
  stage('DL4001', [
    'RUN wget -q a\nRUN «curl→wget -q¦echo curl¦ls¦curl2» b',
    'RUN wget -q a\n«→FROM b:1\n»RUN curl c',
    'RUN wget -q a && «curl→aria2c» b',
    'RUN curl a\nRUN «→echo »wget -q b',
    'RUN «curl→/usr/bin/curl» a; wget -q b',
    'RUN wget -q a\n«→ONBUILD »RUN curl b',
    'RUN curl a\nRUN b && exec «→/»wget -q c',
  ]),
  stage('DL4003', [
    'CMD ["a"]\n«→# »CMD ["b"]',
    'CMD ["a"]\n«RUN b→FROM b:1»\nCMD ["c"]',
    'CMD ["a"]\n«CMD→ENTRYPOINT¦RUN» ["b"]',
    '«→ONBUILD »CMD a\nCMD b',
    'CMD a\n«→ONBUILD »CMD b',
    '«CMD→HEALTHCHECK CMD» ["d"]\nCMD ["b"]',
    'CMD ["a"]\nUSER 1\n«CMD→RUN» ["b"]',
    'CMD a\n«cmd→run» b',
  ]),
  stage('DL4004', [
    'ENTRYPOINT ["a"]\n«→# »ENTRYPOINT ["b"]',
    'ENTRYPOINT ["a"]\n«RUN b→FROM b:1»\nENTRYPOINT ["c"]',
    'ENTRYPOINT ["a"]\n«ENTRYPOINT→CMD¦RUN» ["b"]',
    '«→ONBUILD »ENTRYPOINT ["b"]\nENTRYPOINT b',
    'ENTRYPOINT ["a"]\nUSER 1\n«ENTRYPOINT→RUN» ["b"]',
    'ENTRYPOINT a\n«entrypoint→cmd» b',
    'ENTRYPOINT a\n«→ONBUILD »ENTRYPOINT b',
  ]),
  run('DL4005', [
    'ln -s /bin/bash /bin/sh«→2¦/¦.distrib»',
    '«ln→echo ln¦cp¦mv» -sf /bin/bash /bin/sh',
    'ln -s /bin/sh«→ell» /x',
    'a && ln /bin/dash «→/usr»/bin/sh',
    'ln -sf bash "/bin/sh«→2»"',
    '["ln", "-s", "/bin/bash", "«→/usr»/bin/sh"]',
  ]),
  stage('DL4006', [
    'RUN a «|¦|&→&&¦||¦;¦>» b',
    'RUN a "b" «|→\\|¦"|"¦\'|\'» c',
    'SHELL ["/bin/bash", "-o", "pipefai«→l»", "-c"]\nRUN a | b',
    'SHELL ["«/bin/sh¦sh¦/usr/bin/bash→bash¦/bin/ash¦zsh»", "-o", "pipefail", "-c"]\nRUN a | b',
    'SHELL ["«bash→pwsh¦powershell¦cmd»", "-c"]\nRUN a | b',
    'SHELL ["bash", "-«e→eo»", "pipefail", "-c"]\nRUN a | b',
    '«→ONBUILD »RUN a | b',
    'RUN a«→ #» | b',
  ]),
];
