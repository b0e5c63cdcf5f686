import { z } from 'zod';
import { probe } from './probe-schema.ts';
import { scanSettings } from './scan-schema.ts';

const size = z.string().regex(/^\d+(\.\d+)?\s?(B|kB|MB|GB|KiB|MiB|GiB)$/, 'a size such as `68 MB` or `512 MiB`');
const duration = z.string().regex(/^\d+(\.\d+)?\s?(ms|s|m)$/, 'a time such as `500 ms`, `10 s` or `1 m`');
const absolutePath = z.string().regex(/^\/[^\0]*$/, 'an absolute path such as `/data`');
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name');
const variables = z.record(variableName, scalar);

const command = z.union([z.string().min(1), z.array(z.string()).min(1)]);
const buildStep = z.union([
  command,
  z.strictObject({
    run: command.describe('The command: words, or a line that needs no shell.'),
    env: variables.optional().describe('Variables for this command alone; they stay in no layer.'),
    writes: z
      .array(absolutePath)
      .min(1)
      .optional()
      .describe('What it writes that belongs into the image. Default: whatever it writes below /app.'),
  }),
]);

/** plimsoll.yaml: one source for types, JSON Schema and messages. Every key overrides one decision, or feeds the proof. */
export const configSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower case, digits and hyphens')
    .optional()
    .describe('Name of the service and of the image.'),
  entry: z.string().optional().describe('The application: `module:object` or `file.py`.'),
  base: z
    .string()
    .optional()
    .describe(
      'The Debian release to assemble from, `bookworm` or `trixie`, or an image to build on: `python:3.12-slim`, `registry/name:tag@sha256:…`, `oci:DIR`.',
    ),
  snapshot: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/, 'a day such as "2026-11-30" (in quotes)')
    .optional()
    .describe('Debian is taken as of then, from the snapshot service that PLIMSOLL_DEBIAN_SNAPSHOTS names.'),
  python: z
    .string()
    .regex(/^3\.\d+$/, 'a version such as "3.11" (in quotes)')
    .optional()
    .describe('Interpreter version that `requires-python` allows.'),
  server: z
    .enum(['uvicorn', 'gunicorn', 'hypercorn', 'uwsgi', 'own'])
    .optional()
    .describe('What serves the application; `own`: it serves by itself.'),
  workers: z.number().int().min(1).max(64).optional().describe('Worker processes of the server.'),
  command: z.array(z.string()).min(1).optional().describe('The whole start command, exec form.'),
  port: z.number().int().min(1).max(65535).optional().describe('TCP port that the service listens on.'),
  lifetime: z.enum(['service', 'job']).optional().describe('`job`: it ends with 0 when it is done; `budget.ready` is its time.'),
  pid1: z.enum(['server', 'tini', 'dumb-init']).optional().describe('Who is PID 1.'),
  user: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z_][a-z0-9_-]*$/, 'a user name')
        .optional(),
      uid: z.number().int().min(1).max(65533).optional(),
      gid: z.number().int().min(1).max(65533).optional(),
      shell: absolutePath.optional().describe('Login shell in passwd: `/bin/false`.'),
    })
    .optional()
    .describe('The user that the service runs as.'),
  healthCheck: z
    .union([
      z.literal(false),
      z.strictObject({
        path: z.string().startsWith('/').optional().describe('The endpoint to ask.'),
        send: z.string().min(1).optional().describe('Of a service that speaks no HTTP: text that it answers in one line. With `expect`.'),
        expect: z.string().min(1).optional().describe('What that line contains.'),
        interval: duration.optional(),
        timeout: duration.optional(),
        startPeriod: duration.optional(),
        retries: z.number().int().min(1).max(20).optional(),
      }),
    ])
    .optional()
    .describe('`false`: none.'),
  writable: z.array(absolutePath).optional().describe('Paths that the service may write, each a tmpfs.'),
  volumes: z.array(absolutePath).optional().describe('Paths that the service writes and that are to be kept.'),
  environment: variables.optional().describe('Variables baked into the image. Never secrets.'),
  variables: z
    .record(variableName, z.enum(['required', 'optional']))
    .optional()
    .describe(
      'Variables that the service reads and whoever runs it sets, beside those that its source shows. `required`: it does not start without.',
    ),
  labels: z.record(z.string().min(1), scalar).optional().describe('Labels of the image, beside those of the OCI image spec.'),
  dependencies: z
    .strictObject({
      extras: z.array(z.string().min(1)).optional().describe('Extras of the project to install: `[web]`.'),
      groups: z.array(z.string().min(1)).optional().describe('Dependency groups to install; categories, where Pipenv locks.'),
      file: z.string().min(1).optional().describe('The requirements file of production: `requirements/prod.txt`.'),
    })
    .optional()
    .describe('Which of the repository’s dependencies are installed.'),
  context: z
    .string()
    .regex(/^\.\.(\/\.\.)*$/, 'folders up, such as `../..`')
    .optional()
    .describe(
      'The folder that holds the packages which the service takes from outside its own; without it the git repository or the workspace.',
    ),
  package: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'the name of a package')
    .optional()
    .describe('At the root of a uv workspace: the member that is the service.'),
  installProject: z
    .boolean()
    .optional()
    .describe('Whether the service is installed as a package itself, as `pip install -e` does: with its console scripts and its metadata.'),
  packages: z
    .array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'a Debian package name'))
    .optional()
    .describe('Debian packages to add.'),
  systemPackages: z
    .union([z.literal(false), z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, 'a package name'))])
    .optional()
    .describe('Instead of the packages that the dependencies and programs of the service are known to need: these; `false`: none.'),
  dockerfile: z
    .strictObject({
      base: z
        .string()
        .min(1)
        .optional()
        .describe('Image that the written Dockerfile builds on, where it is another than the direct engine assembles: `python:3.12-slim`.'),
      stages: z.enum(['multi', 'single']).optional().describe('`single`: one stage, for development only.'),
      install: z
        .enum(['venv', 'wheels'])
        .optional()
        .describe('How dependencies reach the final stage: a virtual environment copied whole, or wheels built in the first stage.'),
      buildPackages: z
        .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._:~<>=*-]*$/, 'a package, with its version: `gcc=4:12.2.0-3`'))
        .optional()
        .describe('Packages of the first stage, as its package manager takes them. With them dependencies may be compiled from source.'),
      healthCheck: z.enum(['python', 'curl', 'none']).optional().describe('What asks the health endpoint in the written Dockerfile.'),
    })
    .optional()
    .describe('What the written Dockerfile does in another way than the direct engine.'),
  files: z
    .array(z.enum(['compose', 'env', 'kubernetes', 'ecs', 'bake', 'workflow', 'makefile']))
    .optional()
    .describe('Files that `plimsoll init` writes beside the Dockerfile and .dockerignore.'),
  envFile: z
    .string()
    .regex(/^\.?[\w-]+(\.[\w-]+)*$/, 'a file name such as `env.example`')
    .optional()
    .describe('Name of the file that lists the variables; `.env.example` without it.'),
  build: z
    .strictObject({
      steps: z
        .array(buildStep)
        .optional()
        .describe('Commands of the application that run while the image is made, without network. `[]`: none, whatever was detected.'),
      translations: z.enum(['compile', 'none']).optional().describe('`none`: .po files are left as they are.'),
    })
    .optional()
    .describe('What is made of the application before it is shipped.'),
  bytecode: z.enum(['dependencies', 'none']).optional().describe('Byte code compiled into the image.'),
  debugSections: z.enum(['strip', 'keep']).optional().describe('Debug and symbol sections of ELF files.'),
  ignore: z.array(z.string()).optional().describe('More .dockerignore patterns.'),
  stop: z
    .strictObject({ signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']).optional(), grace: duration.optional() })
    .optional()
    .describe('The signal that ends the service, and how long it may take.'),
  limits: z
    .strictObject({ memory: size.optional(), cpus: z.number().min(0.1).max(64).optional() })
    .optional()
    .describe('Memory and processors that the service may use.'),
  budget: z
    .strictObject({
      size: size.optional().describe('Unpacked bytes of all layers, at most.'),
      dockerfile: size
        .optional()
        .describe(
          'The same for an image that a builder made of the Dockerfile, or that stands on another image: its base brings more. Default: `size`.',
        ),
      compressed: size.optional(),
      waste: size.optional().describe('Bytes that are pulled and that a later layer hides, at most. Default: 10 MB.'),
      avoidable: size.optional().describe('Bytes of caches, compilers, manuals and the like in the image, at most. Default: 20 MB.'),
      ready: duration.optional(),
    })
    .optional()
    .describe('What the gates hold the image to.'),
  prove: z
    .strictObject({
      env: variables.optional().describe('Values for the proof only; they stay in no layer.'),
      doubles: z
        .array(z.strictObject({ file: z.string(), port: z.number().int().min(1).max(65535) }))
        .optional()
        .describe('Stand-ins for services outside: scripts run beside the service, in its network, by the image’s own interpreter.'),
      companions: z
        .array(z.enum(['redis', 'postgres', 'moto']))
        .optional()
        .describe(
          'Real programs of this machine that run beside the service in its proof, in its network. Default: those of its compose file, and those that its source cannot do without. `[]`: none.',
        ),
      profile: z
        .enum(['docker', 'compose', 'podman', 'kubernetes', 'openshift', 'ecs'])
        .optional()
        .describe('The target whose rules the image is held to: which gates are required, how long it may take to stop.'),
      allowSecrets: z
        .array(
          z.strictObject({
            in: z
              .string()
              .min(1)
              .describe('A file of the image, `/app/certs/*.pem` (`**` for folders too), or the name of a variable or label.'),
            reason: z.string().min(8).describe('Why it may be there; the report says it.'),
          }),
        )
        .optional()
        .describe('What looks like a secret and may be in the image all the same.'),
      skip: z.array(z.string()).optional().describe('Gates not measured.'),
    })
    .optional()
    .describe('What the proof needs.'),
  scan: scanSettings.optional().describe('Known vulnerabilities: who is asked, and what counts. With it the proof has that check.'),
  probes: z.array(probe).optional().describe('What the proof asks the service, and what is to come.'),
});

export type Config = z.output<typeof configSchema>;

/** The JSON Schema (draft 2020-12) of what may stand in plimsoll.yaml, as published in schema/. */
export function jsonSchema() {
  return {
    ...z.toJSONSchema(configSchema, { io: 'input' }),
    title: 'plimsoll.yaml',
    description: 'Overrides what Plimsoll decides for a service, and says what the image is held to.',
  };
}
