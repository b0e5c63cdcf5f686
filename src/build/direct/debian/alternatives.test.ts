import { expect, test } from 'vitest';
import { alternativeLinks, alternativesIn } from './alternatives.ts';

const file = (path: string) => ({ type: 'file', path, mode: 0o644, uid: 0, gid: 0, content: new Uint8Array() }) as const;

// As libblas3 and imagemagick-6.q16 of bookworm have them.
const blas = `#!/bin/sh
set -e
update-alternatives --install /usr/lib/x86_64-linux-gnu/libblas.so.3 \\
                    libblas.so.3-x86_64-linux-gnu /usr/lib/x86_64-linux-gnu/blas/libblas.so.3 10
`;
const magick = `if [ "$1" = "configure" ]
then
    for prog in compare convert; do
	if  update-alternatives --list $prog > /dev/null 2>&1; then
		update-alternatives --remove-all $prog
	fi
	update-alternatives --install /usr/bin/$prog \\
	                    $prog /usr/bin/$prog-im6.q16 10000 \\
	                    --slave /usr/share/man/man1/$prog.1.gz \\
	                    $prog.1.gz /usr/share/man/man1/$prog-im6.q16.1.gz
    done
fi
`;

test('the links of a script are read, those of a loop once for each word', () => {
  expect(alternativesIn(blas)).toEqual([
    { link: 'usr/lib/x86_64-linux-gnu/libblas.so.3', target: 'usr/lib/x86_64-linux-gnu/blas/libblas.so.3', priority: 10 },
  ]);
  expect(alternativesIn(magick).map(({ link, target }) => `${link} ${target}`)).toEqual([
    'usr/bin/compare usr/bin/compare-im6.q16',
    'usr/share/man/man1/compare.1.gz usr/share/man/man1/compare-im6.q16.1.gz',
    'usr/bin/convert usr/bin/convert-im6.q16',
    'usr/share/man/man1/convert.1.gz usr/share/man/man1/convert-im6.q16.1.gz',
  ]);
});

test('what depends on another variable of the script is left out', () => {
  expect(alternativesIn('update-alternatives --install /usr/bin/$name name $DPKG_ROOT/usr/bin/x 5')).toEqual([]);
});

test('the highest priority whose target is there is linked, and nothing that a package has itself', () => {
  const links = (...present: string[]): string[] =>
    alternativeLinks(
      [
        { link: 'usr/bin/editor', target: 'usr/bin/ed', priority: 1 },
        { link: 'usr/bin/editor', target: 'usr/bin/vim', priority: 30 },
        { link: 'usr/bin/editor', target: 'usr/bin/gone', priority: 90 },
      ],
      present.map(file),
    ).map((entry) => `${entry.path} ${entry.type === 'symlink' ? entry.target : ''}`);
  expect(links('usr/bin/ed', 'usr/bin/vim')).toEqual(['usr/bin/editor /usr/bin/vim']);
  expect(links('usr/bin/ed')).toEqual(['usr/bin/editor /usr/bin/ed']);
  expect(links('usr/bin/ed', 'usr/bin/editor')).toEqual([]);
});
