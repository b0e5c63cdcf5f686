import { isSignal } from '../../base/index.ts';
import type { ImageConfig, Manifest } from '../types.ts';
import { checkAnnotations } from './annotations.ts';
import { SECTION, type Report } from './finding.ts';
import { checkPlatform } from './platform.ts';

type Execution = NonNullable<ImageConfig['config']>;

/** What is wrong with a config, beside its shape; `layers` are those of its manifest. */
export function checkConfig(config: ImageConfig, { layers }: Manifest, report: Report): void {
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== layers.length)
    report(`has ${diffIds.length} diff_ids, the manifest has ${layers.length} layers`, { path: 'rootfs.diff_ids' });
  const steps = config.history?.filter((step) => step.empty_layer !== true).length;
  if (steps !== undefined && steps !== layers.length)
    report(`its history has ${steps} steps with a layer, the manifest has ${layers.length} layers`, { path: 'history' });
  checkPlatform(config, '', report);
  if (!config.config) return;
  const isWindows = config.os === 'windows';
  checkUser(config.config, isWindows, report);
  checkPorts(config.config, report);
  checkEnvironment(config.config, report);
  if (!isWindows) checkPaths(config.config, report);
  checkStop(config.config, report);
  checkHealth(config.config.Healthcheck, report);
  checkAnnotations(config.config.Labels, 'config.Labels', report);
}

function checkUser({ User = '' }: Execution, isWindows: boolean, report: Report): void {
  const path = 'config.User';
  if (User === '' || isWindows) return;
  if (!/^[^\s:]+(?::[^\s:]+)?$/.test(User)) return report(`\`${User}\` is neither a user nor \`user:group\``, { path });
  for (const id of User.split(':'))
    // uid_t of Linux has 32 bits; the last number means "no change": setuid(2), chown(2).
    if (/^\d+$/.test(id) && Number(id) >= 2 ** 32 - 1) report(`${id} is larger than any id`, { path });
}

function checkPorts({ ExposedPorts }: Execution, report: Report): void {
  for (const port of Object.keys(ExposedPorts ?? {})) {
    const [, number = ''] = /^(\d{1,5})(?:\/(?:tcp|udp))?$/.exec(port) ?? [];
    const path = `config.ExposedPorts.${port}`;
    if (/^\d{1,5}\/sctp$/.test(port)) report('the specification knows tcp and udp alone', { path, severity: 'note' });
    else if (number === '' || Number(number) < 1 || Number(number) > 65535) report('is no `port/tcp`, `port/udp` or `port`', { path });
  }
}

function checkEnvironment({ Env }: Execution, report: Report): void {
  const seen = new Set<string>();
  for (const [i, entry] of (Env ?? []).entries()) {
    const [name = ''] = entry.split('=', 1);
    if (seen.has(name)) report(`\`${name}\` is set a second time`, { path: `config.Env[${i}]`, severity: 'note' });
    if (entry.includes('\0')) report('holds a zero byte, which no environment can', { path: `config.Env[${i}]` });
    seen.add(name);
  }
}

function checkPaths({ Volumes, WorkingDir }: Execution, report: Report): void {
  for (const volume of Object.keys(Volumes ?? {}))
    if (!volume.startsWith('/')) report('is no absolute path', { path: `config.Volumes.${volume}`, severity: 'note' });
  if (WorkingDir !== undefined && WorkingDir !== '' && !WorkingDir.startsWith('/'))
    report(`\`${WorkingDir}\` is no absolute path`, { path: 'config.WorkingDir', severity: 'note' });
}

function checkStop({ StopSignal = '' }: Execution, report: Report): void {
  const path = 'config.StopSignal';
  if (StopSignal === '') return;
  if (!isSignal(StopSignal)) report(`\`${StopSignal}\` is no signal`, { path });
  else if (!/^SIG[A-Z]/.test(StopSignal)) report(`\`${StopSignal}\` is not in the form SIGNAME`, { path, severity: 'note' });
}

/** Nanoseconds; Docker refuses less than a millisecond where it is not 0, which means its default. */
const SHORTEST = 1_000_000;

function checkHealth(check: Execution['Healthcheck'], report: Report): void {
  if (!check) return;
  const at = (path: string, severity?: 'note') =>
    ({ path: `config.Healthcheck.${path}`, section: SECTION.healthcheck, ...(severity ? { severity } : {}) }) as const;
  const [kind, ...rest] = check.Test ?? [];
  if (kind !== undefined && !['', 'NONE', 'CMD', 'CMD-SHELL'].includes(kind))
    report(`\`${kind}\` is none of NONE, CMD and CMD-SHELL`, at('Test'));
  if (kind === 'NONE' && rest.length > 0) report('NONE takes nothing more', at('Test'));
  if ((kind === 'CMD' || kind === 'CMD-SHELL') && !rest[0]) report(`${kind} runs nothing`, at('Test'));
  if (kind === 'CMD-SHELL' && rest.length > 1) report('CMD-SHELL takes one text: the rest is not run', at('Test', 'note'));
  for (const key of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const value = check[key] ?? 0;
    if (value !== 0 && value < SHORTEST) report(`${value} nanoseconds are less than a millisecond`, at(key));
  }
  if (kind === undefined && check.Retries === undefined && check.Interval === undefined) report('says nothing', at('Test', 'note'));
}
