import { allSteps, lineage } from '../stages/index.ts';
import { mayBeForDevelopment } from '../purpose.ts';
import { rule } from '../types.ts';
import { developmentServer as serverIn } from './parts/development.ts';
import { reportOn } from './parts/report.ts';
import { startedCalls, startedImage } from './parts/service.ts';

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
  shippedOnly: true,
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
    { text: 'FROM python:3.12\nCMD ["flask", "run"]\n', path: 'web/Dockerfile.dev' },
  ],
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      if (lineage(stage).some((each) => mayBeForDevelopment(subject.file, each))) continue;
      const found = serverIn(startedCalls(start));
      if (found !== undefined)
        yield reportOn(start.at.instruction, found.call.span, `this is made for development: start ${found.instead}`);
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
