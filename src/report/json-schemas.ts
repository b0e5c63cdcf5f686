import { z } from 'zod';

/**
 * The documents that `--json` prints, as JSON Schemas are made from them (schema/) and as tests hold the commands to
 * them. Milliseconds, bytes, lines and columns from 1. Objects that hold more than others may rely on are loose.
 */
const position = z.object({ line: z.number().int().min(1), column: z.number().int().min(1) });
const evidence = z.union([
  z.strictObject({
    from: z.literal('file'),
    file: z.string(),
    range: z.strictObject({ start: position, end: position }),
    text: z.string(),
  }),
  z.strictObject({ from: z.literal('rule'), rule: z.string(), says: z.string() }),
  z.strictObject({ from: z.enum(['config', 'flag', 'answer']), name: z.string() }),
  z.strictObject({ from: z.literal('run'), what: z.string(), text: z.string() }),
]);
const because = z.array(evidence).min(1).describe('Where it comes from: source, a rule of Plimsoll, plimsoll.yaml, a flag, or a run.');
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const bytes = z.number().int().min(0);
/** Of a file: the package whose record names it. */
const owner = z.string().optional();
const figure = z.strictObject({ value: z.number(), unit: z.enum(['ms', 'bytes', 'count', 'exit']), text: z.string() });

const image = z.strictObject({
  digest: digest.describe("The manifest's."),
  ref: z.string().describe('As skopeo writes it: `oci:DIR:TAG`.'),
  platform: z.string().describe('`linux/amd64`.'),
  size: z.strictObject({ compressed: bytes, uncompressed: bytes.describe("The sum of the layers' tars.") }),
  layers: z.array(z.strictObject({ name: z.string(), digest, compressed: bytes, uncompressed: bytes })),
});
const timings = z.record(z.string(), z.number().int()).describe('Milliseconds by step.');

const notes = z.array(z.string());
const pushed = z.string().optional().describe('Where it was pushed: `registry/name:tag@sha256:…`. Absent where it was not.');

const result = {
  id: z.string(),
  required: z.boolean(),
  levelBy: z.string().optional().describe('Why it is required, or not, where the profile says so.'),
  promise: z.string(),
  limit: figure.optional(),
  tookMs: z.number().int(),
};
const gate = z.discriminatedUnion('outcome', [
  z.strictObject({ ...result, outcome: z.literal('passed'), measured: figure.optional(), why: z.string().optional(), evidence: because }),
  z.strictObject({
    ...result,
    outcome: z.literal('failed'),
    measured: figure.optional(),
    why: z.string(),
    fix: z.string(),
    evidence: because,
  }),
  z.strictObject({ ...result, outcome: z.literal('skipped'), why: z.string() }),
  z.strictObject({ ...result, outcome: z.literal('unproven'), why: z.string(), remedy: z.string() }),
]);
const ms = z.number().describe('Milliseconds since the start of the run.');
const run = z.strictObject({
  purpose: z.enum(['answers', 'stop']).describe('It was asked, or told to stop.'),
  readOnlyRoot: z.boolean(),
  moments: z
    .array(
      z.strictObject({
        what: z.enum(['ready', 'not ready', 'healthy', 'unhealthy', 'request', 'signal', 'exit', 'still running']),
        fromMs: ms,
        atMs: ms,
        says: z.string(),
        count: z.number().int().optional().describe('It stands for so many requests.'),
      }),
    )
    .describe('What happened, by time.'),
  log: z
    .strictObject({
      lines: z.array(z.strictObject({ atMs: ms, stream: z.enum(['stdout', 'stderr']), text: z.string() })),
      leftOut: z.number().int().describe('Lines between the first and the last that are here.'),
    })
    .describe('Values of secret variables are replaced by `[NAME]`.'),
});
const beside = z.discriminatedUnion('stands', [
  z.strictObject({
    name: z.string(),
    stands: z.literal(true),
    hosts: z.array(z.string()).describe('Names by which the service finds it.'),
    says: z.string().optional().describe('What of it is otherwise than where the service is at home.'),
    because,
  }),
  z.strictObject({ name: z.string(), stands: z.literal(false), why: z.string(), remedy: z.string(), because }),
]);
const exitCode = z.number().int();
const whole = z.number().int().min(0);
const proof = {
  gates: z.array(gate),
  runs: z.array(run).describe('At most one of each purpose; none where nothing was run.'),
  beside: z
    .array(beside)
    .optional()
    .describe('What the repository or plimsoll.yaml names as standing beside the service, and whether it did.'),
  verdict: z.enum(['fit', 'unfit', 'unproven']),
  profile: z.string().optional().describe('The target whose rules it was held to.'),
  allowedUnproven: z.array(z.string()).describe('Gates that `--allow-unproven` let through.'),
};

const decision = z.strictObject({
  id: z.string(),
  question: z.string(),
  choice: z.string(),
  says: z.string().describe('The choice in one line, for people.'),
  because,
  alternatives: z.array(z.strictObject({ choice: z.string(), tradeOff: z.string() })),
  decidedBy: z.enum(['detected', 'config', 'flag', 'answer', 'default']),
});

const document = <const Shape extends z.ZodRawShape>(kind: string, shape: Shape) =>
  z.strictObject({ schema: z.literal(`plimsoll/${kind}/1`), ...shape });

const side = z.strictObject({
  ref: z.string(),
  digest,
  platform: z.string(),
  size: z.strictObject({ compressed: bytes, uncompressed: bytes, hidden: bytes.describe('Replaced or deleted by a later layer.') }),
  layers: z.number().int(),
  files: z.number().int(),
  user: z.string(),
  entrypoint: z.array(z.string()),
  command: z.array(z.string()),
  setuid: z.array(z.string()),
  tools: z.strictObject({ shells: z.array(z.string()), packageManagers: z.array(z.string()), compilers: z.array(z.string()) }),
  findings: z.number().int().optional().describe('Of the linter, in the Dockerfile that was named.'),
  builtMs: z.number().int().optional().describe('What its build took, by the JSON of that build.'),
  gates: z.array(gate).optional().describe('With `--prove` or `--service`.'),
  vulnerabilities: z
    .strictObject({
      known: z.array(z.strictObject({ id: z.string(), package: z.string(), version: z.string(), fixed: z.string().optional() })),
      unknownPackages: z.number().int().describe('Packages for which not all sources answered.'),
    })
    .optional()
    .describe('With `--scan`.'),
});

const created = z.string().optional().describe('When the image was made, where it says so.');
const namedAt = { file: z.string(), ...position.shape, image: z.string().describe('As the file has it, without its digest.') };
const pinnedTo = { digest, platforms: z.array(z.string()).describe('Those of the index; empty for an image by itself.'), created };

/** By the command's name. */
export const jsonDocuments = {
  plan: document('plan', {
    service: z.looseObject({ ecosystem: z.looseObject({ value: z.literal('python'), because }), applications: z.array(z.unknown()) }),
    decisions: z.array(decision),
    contract: z.looseObject({
      entrypoint: z.array(z.string()),
      command: z.array(z.string()),
      workingDir: z.string(),
      user: z.strictObject({ uid: z.number().int(), gid: z.number().int(), name: z.string(), shell: z.string().optional() }),
      environment: z.array(z.looseObject({ name: z.string() })),
      ports: z.array(z.looseObject({ port: z.number().int() })),
      writablePaths: z.array(z.looseObject({ path: z.string() })),
      stop: z.strictObject({ signal: z.string(), graceMs: z.number() }),
      readyWithinMs: z.number(),
    }),
    recipe: z.looseObject({}).describe('What an engine needs; not for others to rely on.'),
    dockerfile: z.looseObject({}).describe('What the written Dockerfile does in its own way; not for others to rely on.'),
  }),
  build: document('build', { image, timings, notes, pushed, images: z.array(image).describe('One for each platform.') }),
  ship: document('ship', { image, timings, notes, pushed, ...proof }),
  'ship-all': document('ship-all', {
    services: z
      .array(
        z.union([
          z.strictObject({ path: z.string(), exitCode, name: z.string(), image, timings, notes, pushed, ...proof }),
          z.strictObject({
            path: z.string(),
            exitCode,
            error: z.strictObject({
              message: z.string(),
              hint: z.string().optional(),
              at: z.strictObject({ file: z.string(), line: z.number().int().optional(), column: z.number().int().optional() }).optional(),
            }),
          }),
        ]),
      )
      .describe('What `ship --json` says of each, or why it could not be shipped. `path` as seen from the folder that was named.'),
    passedOver: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Folders with a manifest that are no service.'),
    exitCode: exitCode.describe('The worst of all: 70, 2, 1, 3, 0.'),
  }),
  prove: document('prove', { image, timings, ...proof }),
  discover: document('discover', {
    writable: z.array(z.strictObject({ path: z.string(), written: z.array(z.string()) })).describe('Folders to mount.'),
    misplaced: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Written where none can be mounted.'),
    variables: z
      .array(
        z.strictObject({
          name: z.string(),
          need: z.enum(['required', 'optional']),
          secret: z.boolean(),
          from: z.enum(['source', 'start']).describe('Its source reads it; or a start without it failed and named it.'),
        }),
      )
      .describe('Read without a default, and declared by no file.'),
    memory: z.strictObject({ seenBytes: bytes, how: z.enum(['cgroup', 'sampled']), limitBytes: bytes.describe('With head room.') }),
    readyAfterMs: z.number().int(),
    otherPorts: z.array(z.number().int()).describe('What it listens on beside its own.'),
    confirmed: z
      .strictObject({ works: z.boolean(), why: z.string().optional() })
      .describe('Whether it works with a read-only root, these folders, these variables and this limit.'),
    runs: z.number().int(),
    changes: z.array(z.strictObject({ path: z.string(), diff: z.string(), conflicts: z.array(z.number().int()) })),
    written: z.boolean().describe('Whether `--write` made the changes.'),
  }),
  lint: document('lint', {
    findings: z.array(
      z.strictObject({
        rule: z.string().describe('`plimsoll explain` shows its page.'),
        aliases: z.array(z.string()).describe('What hadolint and BuildKit call it.'),
        severity: z.enum(['error', 'warning', 'info', 'style']),
        message: z.string(),
        file: z.string(),
        range: z.strictObject({ start: position, end: position }).describe('Half-open; columns count UTF-16 code units.'),
        fixable: z.boolean(),
        unsafe: z.boolean().describe('Its fix changes what the image contains, so `--fix` makes it only with `--unsafe`.'),
      }),
    ),
    parseErrors: z
      .array(z.strictObject({ file: z.string(), line: z.number().int(), column: z.number().int(), message: z.string() }))
      .describe('What BuildKit refuses.'),
    forDevelopment: z
      .array(z.strictObject({ file: z.string(), saidBy: z.enum(['path', 'comment']) }))
      .describe(
        'Files for tests, examples or development, by their path or a comment at the top: rules on what is shipped say nothing of them.',
      ),
  }),
  init: document('init', {
    files: z.array(
      z.strictObject({
        path: z.string(),
        state: z
          .enum(['missing', 'same', 'merged', 'conflict', 'foreign'])
          .describe(
            'What was there before: `merged`: a file that takes in what is new; `foreign`: one that Plimsoll did not write and does not touch.',
          ),
        text: z.string().describe('What is there afterwards.'),
        conflicts: z.array(z.number().int().min(1)).describe('Lines of `text` at which conflicts begin.'),
      }),
    ),
    questions: z
      .array(
        z.strictObject({
          id: z.string(),
          question: z.string(),
          flag: z.string(),
          choices: z.array(z.strictObject({ choice: z.string(), says: z.string() })),
        }),
      )
      .describe('What neither the repository nor plimsoll.yaml says. The first choice is recommended, and taken.'),
    adopted: z
      .array(
        z.strictObject({
          what: z.string(),
          value: z.string(),
          at: z.strictObject({ file: z.string(), line: z.number().int().min(1) }),
          keys: z.array(z.strictObject({ key: z.string(), value: z.unknown() })).describe('Keys of plimsoll.yaml that say it from now on.'),
          leftOut: z.string().optional().describe('Why it is not taken over.'),
        }),
      )
      .describe('What `--adopt` read from the Dockerfile that was there.'),
  }),
  pin: document('pin', {
    file: z.string().optional().describe('The lock. Absent, as what follows, where no folder with a service was named.'),
    platforms: z.array(z.string()).optional().describe('Architectures that the lock is for.'),
    changes: z
      .array(
        z.strictObject({
          kind: z.enum(['base', 'debian', 'python']),
          name: z.string(),
          before: z.string().optional(),
          after: z.string().optional(),
          on: z.array(z.string()).describe('Architectures; empty where that makes no difference.'),
        }),
      )
      .optional(),
    images: z
      .array(
        z.discriminatedUnion('state', [
          z.strictObject({ ...namedAt, state: z.literal('pinned'), ...pinnedTo }).describe('It had no digest.'),
          z
            .strictObject({ ...namedAt, state: z.literal('moved'), before: z.strictObject({ digest, created }), ...pinnedTo })
            .describe('It had the digest of what its tag was before.'),
          z.strictObject({ ...namedAt, state: z.literal('kept'), digest }),
          z
            .strictObject({ ...namedAt, state: z.literal('left'), why: z.string(), floats: z.boolean() })
            .describe('No digest can be written there. `floats`: the file itself leaves open which image it is.'),
        ]),
      )
      .describe('Names of images in Dockerfiles, compose files and manifests of Kubernetes.'),
    written: z.boolean().describe('Whether the files were changed: not with `--check` and `--dry-run`.'),
    notes,
  }),
  compare: document('compare', {
    before: side,
    after: side,
    rows: z
      .array(z.strictObject({ what: z.string(), before: z.string(), after: z.string(), change: z.string() }))
      .describe('The table, as people see it.'),
    settings: z
      .array(z.strictObject({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
      .describe('`ENV PATH`, `LABEL maintainer`: what the configs say differently.'),
    files: z.strictObject({
      changes: z
        .array(
          z.discriminatedUnion('kind', [
            z.strictObject({ kind: z.literal('added'), path: z.string(), owner, after: bytes }),
            z.strictObject({ kind: z.literal('removed'), path: z.string(), owner, before: bytes }),
            z.strictObject({
              kind: z.literal('changed'),
              path: z.string(),
              owner,
              aspects: z.array(z.enum(['content', 'type', 'mode', 'owner', 'attributes'])),
              before: bytes,
              after: bytes,
            }),
          ]),
        )
        .describe('By path. A directory that came or went is named only where nothing in it is.'),
      onlyTimes: z.number().int().describe('Paths that differ in nothing but their time of change.'),
    }),
    folders: z
      .array(z.strictObject({ folder: z.string(), before: bytes, after: bytes }))
      .describe('Bytes of files, the largest change first.'),
    packages: z
      .array(z.strictObject({ name: z.string(), before: z.string().optional(), after: z.string().optional() }))
      .describe('`debian libc6`, `python flask`: versions before and after.'),
    regressions: z
      .array(z.strictObject({ what: z.string(), says: z.string() }))
      .describe('What got worse by more than is tolerated: the row of the table, and how.'),
  }),
  inspect: document('inspect', {
    ref: z.string(),
    digest: digest.describe('The manifest’s; of a Docker archive one is made of its config and layers.'),
    platform: z.string(),
    config: z.looseObject({}).describe('The image’s config, as image-spec has it.'),
    size: z.strictObject({
      compressed: bytes.describe('As it is pulled.'),
      tars: bytes.describe('The tars of all layers.'),
      content: bytes.describe('Contents of files in them.'),
      tree: bytes.describe('What a container sees.'),
      waste: bytes.describe('`content` less `tree`: pulled and never seen.'),
      avoidable: bytes.describe('Of `tree`: what causes without a cost found.'),
    }),
    layers: z.array(
      z.strictObject({
        layer: z.number().int().min(1),
        digest,
        createdBy: z.string().optional(),
        instruction: z.string().describe('`createdBy` as a Dockerfile has it.'),
        line: z.strictObject({ file: z.string(), line: z.number().int().min(1), endLine: z.number().int().min(1) }).optional(),
        size: z.strictObject({ compressed: bytes, tar: bytes, content: bytes }),
        files: z.number().int(),
        wasteBytes: bytes.describe('Of its content: what nobody sees.'),
      }),
    ),
    causes: z
      .array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          fix: z.string(),
          rule: z.string().optional().describe('The rule of the linter that finds it in a Dockerfile: `plimsoll explain RULE`.'),
          cost: z.string().optional().describe('What is given up with the bytes; then they do not count as avoidable.'),
          sizeBytes: bytes,
          files: z.number().int(),
          layers: z.array(z.strictObject({ layer: z.number().int().min(1), sizeBytes: bytes })),
        }),
      )
      .describe('Each byte counts under the first cause that takes it.'),
    waste: z.array(
      z.strictObject({
        how: z.enum(['deleted', 'overwritten', 'owner or mode changed', 'written again unchanged']),
        fix: z.string(),
        rule: z.string().optional(),
        layer: z.number().int().min(1).describe('The one that brings it.'),
        by: z.number().int().min(1).describe('The one that hides it.'),
        sizeBytes: bytes,
        files: z.array(z.strictObject({ path: z.string(), sizeBytes: bytes })),
      }),
    ),
    other: z
      .array(z.strictObject({ kind: z.string(), sizeBytes: bytes, files: z.number().int() }))
      .describe('What no cause took, by what it is; `unknown` is unexplained.'),
    packages: z.array(z.strictObject({ by: z.string(), name: z.string(), version: z.string(), sizeBytes: bytes })),
    files: z.array(
      z.strictObject({
        path: z.string(),
        sizeBytes: bytes,
        layer: z.number().int().min(1),
        kind: z.string(),
        owner: z.string().optional().describe('`debian curl`, `python flask`.'),
        cause: z.string().optional(),
      }),
    ),
  }),
  scan: document('scan', {
    image: z.string().describe('As it was named.'),
    digest,
    verdict: z
      .enum(['clear', 'vulnerable', 'unknown'])
      .describe('`clear` only where every package was answered for, or `--allow-unknown`.'),
    failOn: z.enum(['critical', 'high', 'medium', 'low', 'any']),
    totals: z.strictObject({
      counted: z
        .strictObject({ critical: whole, high: whole, medium: whole, low: whole, unrated: whole })
        .describe('Different vulnerabilities that count.'),
      notCounted: whole,
      packages: z.strictObject({ vulnerable: whole, clear: whole, unknown: whole }),
    }),
    sources: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        saysNothingOf: z.string().optional().describe('What its silence leaves open.'),
        asked: whole.describe('Packages.'),
        answered: whole,
        asOf: z.string().optional().describe('Of its oldest answer.'),
      }),
    ),
    packages: z.array(
      z.strictObject({
        ecosystem: z.enum(['debian', 'alpine', 'rpm', 'python', 'npm']),
        name: z.string(),
        version: z.string(),
        purl: z.string(),
        status: z.enum(['vulnerable', 'clear', 'unknown']),
        answered: z.array(z.strictObject({ source: z.string(), asOf: z.string() })),
        unanswered: z
          .array(z.strictObject({ source: z.string().optional(), why: z.string() }))
          .describe('Not empty: not everything is known of it.'),
        through: z.array(z.string()).describe('Direct dependencies that lead to it.'),
        vulnerabilities: z.array(
          z.strictObject({
            id: z.string(),
            aliases: z.array(z.string()),
            severity: z.enum(['critical', 'high', 'medium', 'low']).optional().describe('Absent: nobody rated it.'),
            score: z.number().optional(),
            fixed: z.string().optional().describe('The first version without it; absent: nobody has fixed it.'),
            summary: z.string().optional(),
            sources: z.array(z.string()),
            counts: z.boolean(),
            because: z.string().optional().describe('Why it does not count, or counts again.'),
          }),
        ),
      }),
    ),
    own: z.array(z.string()).describe('Packages of the repository itself: nobody was asked about them.'),
    unread: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Records of packages that could not be read.'),
    unusedIgnores: z.array(z.strictObject({ id: z.string(), package: z.string().optional(), reason: z.string(), until: z.string() })),
  }),
  validate: document('validate', {
    image: z.string(),
    mismatches: z.array(
      z.strictObject({
        severity: z.enum(['error', 'note']).describe('`error`: it breaks the specification; only these make exit code 1.'),
        where: z.string().describe('Which part, for people.'),
        what: z.string(),
        section: z.string().describe('Where it is specified: `image-spec, layer.md, "Whiteouts"`.'),
        blob: digest.optional().describe('The blob that it is in; absent for files with names of their own.'),
        path: z.string().optional().describe('Where in the document: `layers[2].size`.'),
      }),
    ),
  }),
  sbom: document('sbom', {
    image: z.string(),
    digest,
    packages: z.array(
      z.strictObject({
        ecosystem: z.enum(['debian', 'alpine', 'rpm', 'python', 'npm']),
        name: z.string(),
        version: z.string(),
        purl: z.string(),
        licences: z.array(z.string()).describe('Expressions of SPDX where the words are one; empty: nobody says it.'),
        layer: z.number().int().min(1).describe('The layer that brought it, from 1.'),
        path: z.string().describe('Of the record that names it.'),
      }),
    ),
    unread: z.array(z.strictObject({ path: z.string(), why: z.string() })).describe('Records that could not be read.'),
  }),
  doctor: document('doctor', {
    findings: z.array(
      z.strictObject({
        what: z.string(),
        ok: z.boolean(),
        says: z.string(),
        remedy: z.string().optional(),
        optional: z.literal(true).optional().describe('Nothing else depends on it.'),
      }),
    ),
  }),
  cache: document('cache', {
    root: z.string(),
    sizeBytes: bytes,
    kinds: z.array(z.strictObject({ kind: z.string(), count: z.number().int(), sizeBytes: bytes })),
  }),
};
