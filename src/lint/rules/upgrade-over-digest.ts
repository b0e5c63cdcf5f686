import { hasFlag } from '../script/index.ts';
import { lineage } from '../stages/index.ts';
import { rule } from '../types.ts';
import { isSaidNear } from './parts/comments.ts';
import { reportOn } from './parts/report.ts';
import { imageRuns } from './parts/runs.ts';
import { is, toolCall, type ToolCall } from './parts/tools.ts';

const DIGEST = `sha256:${'a1b2c3d4'.repeat(8)}`;

export const upgradeOverDigest = rule({
  id: 'upgrade-over-digest',
  aliases: [],
  presets: [],
  shippedOnly: true,
  severity: 'info',
  fixes: 'none',
  summary: 'What is built on a digest does not bring all packages of the base to their newest versions.',
  why: 'A digest pins the base to the byte, and the upgrade makes of it whatever the package sources hold on the day of the build: two builds of the same commit differ, and the packages are in the image twice.',
  source: 'Docker, "Building best practices", "Pin base image versions"; apt-get(8), apk-upgrade(8), dnf(8)',
  examples: [
    {
      text: `FROM debian:12-slim@${DIGEST}\nRUN apt-get update && «apt-get upgrade» -y && apt-get install -y curl\n`,
    },
    { text: `FROM alpine:3.20@${DIGEST}\nRUN «apk upgrade» --no-cache\n` },
    {
      text: `FROM alpine:3.20@${DIGEST} AS base\nRUN «apk -U upgrade»\nFROM base\nCMD ["app"]\n`,
    },
    {
      text: `FROM rockylinux:9@${DIGEST}\nRUN «microdnf update» -y && microdnf install -y nginx\n`,
    },
    { text: 'FROM debian:12-slim\nRUN apt-get update && apt-get upgrade -y\n' },
    {
      text: `FROM golang:1.23@${DIGEST} AS build\nRUN apt-get update && apt-get upgrade -y\nFROM scratch\nCOPY --from=build /app /app\n`,
    },
    { text: `FROM alpine:3.20@${DIGEST}\nRUN apk upgrade --no-cache openssl libcrypto3\n` },
    { text: `FROM rockylinux:9@${DIGEST}\nRUN dnf update -y --security && dnf update -y openssl\n` },
  ],
  mentions: /@\w+:/,
  *detect(subject) {
    for (const { stage, step } of imageRuns(subject)) {
      const { instruction, script } = step;
      // Who says which hole it is for knows what it does.
      if (stage.base.digest === undefined || isSaidNear(subject.file, instruction, /CVE|secur|vulnerab|patch/i)) continue;
      const found = script.calls.map(toolCall).find((tool) => !tool.call.inner && !tool.call.conditional && upgradesAll(tool));
      if (found === undefined) continue;
      const line = lineage(stage)[0]?.from.startLine ?? 1;
      const says = `this undoes the digest in line ${line}: take a newer digest instead, or do without one`;
      yield reportOn(instruction, found.head, says);
    }
  },
});

/** Packages that are named are an addition to the base; all of them make another one of it. */
const upgradesAll = (tool: ToolCall): boolean =>
  tool.given.length === 0 &&
  !hasFlag(tool.call, 'security', 'advisory', 'sec-severity', 'cve', 'simulate', 's', 'dry-run', 'download-only', 'd') &&
  (is(tool, 'apt-get', 'upgrade', 'dist-upgrade', 'full-upgrade') ||
    is(tool, 'apk', 'upgrade') ||
    is(tool, 'dnf', 'update', 'upgrade', 'distro-sync') ||
    is(tool, 'zypper', 'update', 'up', 'dist-upgrade', 'dup'));
