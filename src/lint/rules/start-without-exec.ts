import { replace } from '../../dockerfile/index.ts';
import { rule, type Fix } from '../types.ts';
import { developmentServer } from './parts/development.ts';
import { execForm } from './parts/exec-form.ts';
import { reportOn } from './parts/report.ts';
import { startedCalls, startedImage } from './parts/service.ts';
import { keptSignals, type KeptSignals } from './parts/start-shell.ts';

export const startWithoutExec = rule({
  id: 'start-without-exec',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'No shell stands between the container and its service.',
  why: 'Docker and Kubernetes send SIGTERM to process 1. A shell there does not pass it on: the service is killed after the grace period, in the middle of its work.',
  source: 'Dockerfile reference, "Shell form ENTRYPOINT example"; POSIX, "exec"; dash 0.5.12, bash 5.2 and BusyBox 1.35 as they behave',
  examples: [
    { text: 'FROM python:3.12-slim\nCMD «gunicorn app:app»\n', fixed: 'FROM python:3.12-slim\nCMD ["gunicorn", "app:app"]\n' },
    {
      text: 'FROM python:3.12-slim\nCMD python manage.py migrate && «gunicorn -b :$PORT app:app»\n',
      fixed: 'FROM python:3.12-slim\nCMD python manage.py migrate && exec gunicorn -b :$PORT app:app\n',
    },
    {
      text: 'FROM debian:12\nENTRYPOINT ["tini", "--", "sh", "-c", "cd /app && «./server»"]\n',
      fixed: 'FROM debian:12\nENTRYPOINT ["tini", "--", "sh", "-c", "cd /app && exec ./server"]\n',
    },
    { text: 'FROM alpine:3.20\nCMD «./server» | tee /var/log/server.log\n' },
    { text: 'FROM python:3.12-slim\nCMD python manage.py migrate && exec gunicorn app:app\n' },
    { text: 'FROM python:3.12-alpine\nCMD python manage.py migrate && gunicorn app:app\n' },
    { text: 'FROM python:3.12-slim\nSHELL ["/bin/bash", "-c"]\nCMD gunicorn -b :$PORT app:app\n' },
    { text: 'FROM debian:12\nENTRYPOINT ["dumb-init", "--"]\nCMD ["sh", "-c", "./server $OPTIONS"]\n' },
    { text: 'FROM debian:12\nENTRYPOINT ["/bin/sh", "/entrypoint.sh"]\nCMD ["supervisord", "-n", "-c", "/etc/supervisord.conf"]\n' },
    { text: 'FROM debian:12\nCMD ./a & ./b & wait\n' },
    { text: 'FROM quay.io/team/base:1\nCMD ./server $OPTIONS\n' },
    { text: 'FROM python:3.12-slim\nCMD pytest -q\n' },
    { text: 'FROM node:22\nCMD npm start\n' },
  ],
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      const kept = keptSignals(start, stage.base);
      // Those have rules of their own, and `exec` does not help them.
      if (kept === undefined || /^(?:npm|yarn|pnpm)$/.test(kept.call.program) || developmentServer(startedCalls(start)) !== undefined)
        continue;
      const { call, shell, piped } = kept;
      const what = `\`${shell}\` is process 1 and does not pass SIGTERM on to \`${call.program}\``;
      const advice = piped
        ? 'start it without the pipe'
        : kept.alone
          ? 'write a JSON list, or `exec` before it'
          : `write \`exec ${call.program}\``;
      const { instruction } = start.at;
      yield reportOn(
        instruction,
        call.span,
        `${what}: ${advice}`,
        piped ? undefined : ((kept.alone ? execForm(instruction) : undefined) ?? withExec(kept)),
      );
    }
  },
});

/** `exec` before the program; assignments may stand before it. */
function withExec({ call }: KeptSignals): Fix | undefined {
  if (call.wrappers.length > 0 || call.word.span.end <= call.word.span.start) return undefined;
  return { title: 'write `exec` before it', edits: [replace({ start: call.word.span.start, end: call.word.span.start }, 'exec ')] };
}
