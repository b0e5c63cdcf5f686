/** What made a layer, as a Dockerfile has it: the classic builder and Podman write `/bin/sh -c`, BuildKit a mark at the end. */
export const instructionOf = (createdBy: string | undefined): string =>
  (createdBy ?? '')
    .replace(/^(?:RUN )?\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*?)?\/bin\/sh -c /s, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
