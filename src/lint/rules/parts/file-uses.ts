import { isCall, type Call } from '../../script/index.ts';
import type { Stage, StageStep } from '../../stages/index.ts';
import type { Download } from './downloads.ts';
import { callsAfter } from './runs.ts';

/** Programs that unpack, or install what they unpack. */
const UNPACKS = new Set(
  'tar bsdtar gtar unzip bsdunzip 7z 7za gunzip gzip zcat bunzip2 bzip2 unxz xz xzcat unzstd zstd cpio rpm2cpio ar jar dpkg dpkg-deb rpm gdebi installer'.split(
    ' ',
  ),
);
const PACKAGE_MANAGERS = new Set('apt apt-get apk yum dnf microdnf zypper pip pip3 npm gem luarocks R Rscript'.split(' '));

/** What a later command does with a downloaded file. */
export interface FileUse {
  /** It would not take a page of HTML for it. */
  readonly reads: boolean;
  /** It makes a program or files of the image of it. */
  readonly installs: boolean;
}

/** The last part of the path. */
export const fileName = ({ file }: Download): string => (file ?? '').replace(/^.*\//, '');

/** What happens to a download: in a pipe, later in the same RUN, and in those after it. */
export function usesOf(download: Download, step: StageStep, stage: Stage): readonly FileUse[] {
  const { call, file } = download;
  if (file === undefined) return call.pipedInto === undefined ? [] : [useOf(call.pipedInto)];
  const name = fileName(download);
  return callsAfter(call, step, stage)
    .filter((other) => mentions(other, name))
    .map(useOf);
}

function useOf(call: Call): FileUse {
  const unpacks = UNPACKS.has(call.program) || PACKAGE_MANAGERS.has(call.program);
  return { reads: !PASSES_ON.has(call.program), installs: unpacks || call.program === 'install' || isMadeExecutable(call) };
}

/** Programs that do not look into a file that they are given. */
const PASSES_ON = new Set(
  'chmod chown chgrp mv cp ln rm install touch ls echo printf test [ mkdir stat cat tee cd sed export set du find git'.split(' '),
);

const isMadeExecutable = (call: Call): boolean =>
  isCall(call, 'chmod') && call.args.some(({ text }) => /^[ugoa]*\+[rwst]*x|^0?[0-7]*[1357][0-7]*$/.test(text));

/** Whether a call names the file, by its name or by a pattern that may stand for it. */
function mentions(call: Call, name: string): boolean {
  if (name === '') return false;
  return [call.word, ...call.args].some(({ text }) => {
    if (text.includes('://')) return false;
    const last = text.replace(/^.*[/=]/, '');
    return last === name || text.endsWith(name) || (last.includes('*') && last.replace(/\*.*$/, '') === name.slice(0, last.indexOf('*')));
  });
}
