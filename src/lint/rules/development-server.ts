import { hasFlag, operands, type Call } from '../script/index.ts';
import { allSteps, lineage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { isForDevelopment, startedCalls, startedImage } from './parts/service.ts';

/** What is meant for development alone, with what its makers name for production. */
const SERVERS: readonly { readonly is: (call: Call) => boolean; readonly instead: string }[] = [
  { is: (call) => call.program === 'flask' && firstWords(call).includes('run'), instead: 'gunicorn or another WSGI server' },
  {
    is: (call) => [call.word, ...call.args].some(({ text }) => text.endsWith('manage.py')) && firstWords(call).includes('runserver'),
    instead: 'gunicorn or uvicorn',
  },
  {
    is: (call) => /^(?:uvicorn|gunicorn|hypercorn|granian|daphne)$/.test(call.program) && hasFlag(call, 'reload'),
    instead: 'the same without `--reload`',
  },
  { is: (call) => call.program === 'fastapi' && firstWords(call)[0] === 'dev', instead: '`fastapi run`' },
  { is: (call) => /^(?:npm|yarn|pnpm|bun)$/.test(call.program) && isDevelopmentScript(call), instead: 'the built program' },
  {
    is: ({ program }) => /^(?:nodemon|ts-node-dev|tsnd|webpack-dev-server|browser-sync|air|CompileDaemon|reflex|watchmedo)$/.test(program),
    instead: 'the program itself',
  },
  {
    is: (call) =>
      /^(?:node|tsx|bun)$/.test(call.program) && (hasFlag(call, 'watch') || (call.program === 'tsx' && firstWords(call)[0] === 'watch')),
    instead: 'the program itself',
  },
  {
    is: (call) => call.program === 'vite' && /^(?:dev|serve|undefined)$/.test(String(firstWords(call)[0])),
    instead: 'what `vite build` makes',
  },
  {
    is: (call) =>
      /^(?:next|nuxt|nuxi|astro|remix|svelte-kit|gatsby)$/.test(call.program) && /^dev(?:elop)?$/.test(firstWords(call)[0] ?? ''),
    instead: 'what its `build` makes',
  },
  { is: (call) => /^(?:ng|vue-cli-service|webpack)$/.test(call.program) && firstWords(call)[0] === 'serve', instead: 'the built files' },
  { is: (call) => call.program === 'react-scripts' && firstWords(call)[0] === 'start', instead: 'the built files' },
  { is: (call) => call.program === 'nest' && hasFlag(call, 'watch'), instead: '`node dist/main.js`' },
  {
    is: (call) => [call.word, ...call.args].some(({ text }) => /(?:^|\/)artisan$/.test(text)) && firstWords(call).includes('serve'),
    instead: 'php-fpm, FrankenPHP or Octane',
  },
  { is: (call) => call.program === 'php' && call.args.some(({ text }) => text === '-S'), instead: 'php-fpm or FrankenPHP' },
  {
    is: (call) => call.program === 'symfony' && /^(?:serve|server:start)$/.test(firstWords(call)[0] ?? ''),
    instead: 'php-fpm or FrankenPHP',
  },
  {
    is: (call) =>
      /^(?:rails|puma)$/.test(call.program) &&
      call.args.some(({ text }, i) => text === 'development' && /^-e$|^--environment$/.test(call.args[i - 1]?.text ?? '')),
    instead: 'the production environment',
  },
  {
    is: (call) => /^(?:go|cargo|dotnet)$/.test(call.program) && /^(?:run|watch)$/.test(firstWords(call)[0] ?? ''),
    instead: 'the built program: this one compiles at each start',
  },
  {
    is: (call) =>
      /^(?:mvnw?|gradlew?)$/.test(call.program) &&
      call.args.some(({ text }) => /(?:^|:)(?:spring-boot:run|bootRun|quarkus:dev|quarkusDev|jetty:run|tomcat7:run)$/.test(text)),
    instead: '`java -jar` with the built file',
  },
];

const firstWords = (call: Call): readonly string[] => operands(call).map(({ text }) => text);

function isDevelopmentScript(call: Call): boolean {
  const words = firstWords(call);
  return /^(?:dev|develop|watch|start:dev|start:debug|start:development|dev:\w+|serve:dev)$/.test(
    (words[0] === 'run' ? words[1] : words[0]) ?? '',
  );
}

/** Variables that turn on what is for development (Flask, Django, Node.js, Rails, Laravel, Symfony, ASP.NET Core). */
const VARIABLES: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:FLASK_DEBUG|DJANGO_DEBUG|DEBUG|APP_DEBUG)$/, /^(?:1|true|on|yes)$/i],
  [/^(?:FLASK_ENV|NODE_ENV|RAILS_ENV|RACK_ENV|ASPNETCORE_ENVIRONMENT|DOTNET_ENVIRONMENT)$/, /^development$/i],
  [/^APP_ENV$/, /^(?:dev|development|local)$/i],
];

export const developmentServer = rule({
  id: 'development-server',
  aliases: [],
  presets: ['recommended'],
  severity: 'warning',
  fixes: 'none',
  summary: 'The image starts what is made for production, without a debug mode.',
  why: 'A development server is slow, serves few at a time, reloads or compiles when it should serve, and its debugger may run code for strangers.',
  source:
    'Flask, "Deploying to Production"; Django, "runserver"; Uvicorn, "Settings"; Vite, "Building for Production"; PHP, "Built-in web server"',
  examples: [
    { text: 'FROM python:3.12-slim\nCMD [«"flask", "run", "--host=0.0.0.0"»]\n' },
    { text: 'FROM python:3.12-slim\nCMD «python manage.py runserver 0.0.0.0:8000»\n' },
    { text: 'FROM node:22\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD [«"npm", "run", "dev"»]\n' },
    { text: 'FROM python:3.12-slim\nENV FLASK_DEBUG=«1»\nCMD ["gunicorn", "app:app"]\n' },
    { text: 'FROM golang:1.23\nCMD [«"go", "run", "."»]\n' },
    { text: 'FROM node:22 AS dev\nCMD ["npm", "run", "dev"]\nFROM node:22\nCMD ["node", "server.js"]\n' },
    { text: 'FROM node:22 AS base\nENV NODE_ENV=development\nFROM base\nENV NODE_ENV=production\nCMD ["node", "server.js"]\n' },
    { text: '# Image for local development\nFROM node:22\nCMD ["npm", "run", "dev"]\n' },
    { text: 'FROM node:22\nENV DEBUG=app:*\nCMD ["npx", "vite", "preview"]\n' },
    { text: 'FROM ruby:3.3\nENV RAILS_ENV=production\nCMD ["bundle", "exec", "rails", "server"]\n' },
  ],
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      if (lineage(stage).some((each) => isForDevelopment(subject.file, each))) continue;
      for (const call of startedCalls(start)) {
        const known = SERVERS.find(({ is }) => is(call));
        if (known === undefined) continue;
        yield reportOn(start.at.instruction, call.span, `this is made for development: start ${known.instead}`);
        break;
      }
      const pairs = new Map(
        allSteps(stage).flatMap(({ instruction }) =>
          instruction.name === 'ENV' && instruction.args.form === 'pairs'
            ? instruction.args.pairs.map((pair) => [pair.name, { pair, instruction }] as const)
            : [],
        ),
      );
      for (const [name, { pair, instruction }] of pairs) {
        const value = pair.value.replace(/^(["'])(.*)\1$/, '$2');
        if (!VARIABLES.some(([names, values]) => names.test(name) && values.test(value))) continue;
        yield reportOn(
          instruction,
          pair.valueSpan,
          `\`${name}\` turns on what is for development in the image that is shipped: leave it out, and set it where you develop`,
        );
      }
    }
  },
});
