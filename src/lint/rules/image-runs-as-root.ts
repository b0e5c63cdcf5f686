import { allSteps, lastOf } from '../stages/index.ts';
import { rule } from '../types.ts';
import { portsOf } from './parts/ports.ts';
import { reportOn } from './parts/report.ts';
import { createdUser, hadOtherUser, isRoot, mayNeedRoot, startsAsRoot } from './parts/rights.ts';
import { isNoService, isService, startedCalls, startedImage } from './parts/service.ts';
import { argumentSpan } from './parts/spans.ts';

/** Ports that the services of the system have: below 1024, root alone may open them, unless the kernel is told otherwise (ip-sysctl, `ip_unprivileged_port_start`). */
const isSystemPort = (port: string): boolean => Number.parseInt(port, 10) < 1024;

export const imageRunsAsRoot = rule({
  id: 'image-runs-as-root',
  aliases: [],
  answeredBy: ['DL3002'],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'A service does not run as root.',
  why: 'What breaks into a service that runs as root can change each file of the image, and has more ways out of the container.',
  source: 'Docker, "Building best practices: USER"; Kubernetes, "Pod Security Standards: Restricted"; the Dockerfiles of the base images',
  examples: [
    { text: 'FROM python:3.12-slim\nCOPY . /app\nEXPOSE 8000\n«CMD» ["python", "/app/main.py"]\n' },
    { text: 'FROM node:22 AS build\nUSER node\nFROM node:22\nCOPY --from=build /app /app\n«CMD» ["npm", "start"]\n' },
    { text: 'FROM debian:12\nRUN useradd --system app\nCOPY server /\n«CMD» ["/server"]\n' },
    { text: 'FROM debian:12\nRUN useradd --system app\nCOPY start.sh /\nCMD ["/start.sh"]\n' },
    { text: 'FROM quay.io/team/base:1\nUSER app\nRUN make\nUSER «root»\nEXPOSE 80\nENTRYPOINT ["/app"]\n' },
    { text: 'FROM python:3.12-slim\nRUN useradd app\nUSER app\nEXPOSE 8000\nCMD ["python", "main.py"]\n' },
    { text: 'FROM gcr.io/distroless/static:nonroot\nEXPOSE 8080\nENTRYPOINT ["/app"]\n' },
    { text: 'FROM python:3.12-slim\nCOPY entrypoint.sh /\nEXPOSE 8000\nENTRYPOINT ["/entrypoint.sh"]\nCMD ["gunicorn", "app:app"]\n' },
    { text: 'FROM debian:12\nEXPOSE 80\nCMD ["nginx", "-g", "daemon off;"]\n' },
    { text: 'FROM quay.io/team/base:1\nEXPOSE 8000\nCMD ["gunicorn", "app:app"]\n' },
    { text: 'FROM alpine:3.20\nRUN apk add --no-cache jq\nENTRYPOINT ["jq"]\n' },
    { text: 'FROM python:3.12-slim\nCMD ["bash"]\n' },
    { text: 'FROM scratch\nCOPY app /\nEXPOSE 80\nENTRYPOINT ["/app"]\n' },
    { text: 'FROM alpine:3\nEXPOSE 8080\nWORKDIR /root\nCMD ["app"]\n' },
    { text: 'FROM mcr.microsoft.com/dotnet/aspnet:8.0\nEXPOSE 80\nENTRYPOINT ["dotnet", "app.dll"]\n', path: 'Dockerfile-windows' },
  ],
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      const user = lastOf(stage, 'USER');
      if (user === undefined ? !startsAsRoot(stage.base) : !isRoot(user.user ?? '')) continue;
      const created = createdUser(stage);
      const isMeant = created !== undefined || (user !== undefined && hadOtherUser(stage));
      if (mayNeedRoot(stage, start) || !(isService(stage, start) || (isMeant && !startedCalls(start).some(isNoService)))) continue;
      if (!isMeant && portsOf(allSteps(stage).map(({ instruction }) => instruction)).some(isSystemPort)) continue;
      // What it keeps lies in root's home, where people mount it.
      if (!isMeant && start.step.workdir === '/root') continue;
      const { instruction } = user ?? start.step;
      const other = created === undefined ? 'a USER' : `\`USER ${created}\``;
      yield user === undefined
        ? reportOn(instruction, instruction.keywordSpan, `the service runs as root, as \`${stage.base.reference}\` starts: add ${other}`)
        : reportOn(instruction, argumentSpan(instruction), `the service runs as root: name ${other} after the last step that needs root`);
    }
  },
});
