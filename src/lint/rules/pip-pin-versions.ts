import { rule } from '../types.ts';
import { unpinned } from './parts/packages.ts';
import { isPipInstall, packagesOfPip } from './parts/pip.ts';
import { hasArg, hasFlag, type Command } from '../shell/index.ts';

/** Schemes of version control that pip knows; https://pip.pypa.io/en/stable/topics/vcs-support/. */
const VERSION_CONTROL = /^(?:git|hg\+(?:file|https?|ssh|static-http)|svn|bzr\+(?:https?|ssh|s?ftp|lp))/;

export const pipPinVersions = rule({
  id: 'pip-pin-versions',
  aliases: ['DL3013'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: '`pip install` names versions, or a file that does.',
  why: 'The same Dockerfile installs other packages tomorrow.',
  source: 'hadolint, "DL3013"',
  examples: [
    { text: 'FROM python:3.12\nRUN pip install «flask»\n' },
    { text: 'FROM python:3.12\nRUN pip install flask==3.0.0 && pip install -r requirements.txt && python3 -m pip install .\n' },
  ],
  detect: ({ reading }) =>
    unpinned(
      reading,
      (command) => (isPipInstall(command) && !pinsElsewhere(command) ? packagesOfPip(command) : []),
      isPinned,
      'write `NAME==VERSION`',
    ),
});

const pinsElsewhere = (command: Command): boolean => hasFlag(command, 'constraint', 'c') || hasArg(command, '--requirement', '-r', '.');

function isPinned(name: string): boolean {
  if (/[<>]|[=!~]=/.test(name) || /\.whl$|\.tar\.gz$/.test(name)) return true;
  return VERSION_CONTROL.test(name) ? name.includes('@') : name.includes('/');
}
