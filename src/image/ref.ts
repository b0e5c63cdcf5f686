/** Where an image is, as people and skopeo write it. */
export type ImageRef =
  | { readonly kind: 'oci' | 'oci-archive' | 'docker-archive'; readonly path: string; readonly tag?: string }
  /** A bare path or name: recognised by what lies there. */
  | { readonly kind: 'bare'; readonly path: string }
  /** Held by something else than the disk. */
  | { readonly kind: 'docker' | 'podman'; readonly name: string }
  | { readonly kind: 'registry'; readonly name: string };

/**
 * Reads `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:NAME:TAG]`, `docker:NAME`, `podman:NAME`,
 * `docker://NAME` (a registry, as skopeo says it) or a bare path. As in skopeo, a path ends at its first colon
 * (containers-transports(5)). Never fails: what is none of these is bare.
 */
export function parseImageRef(text: string): ImageRef {
  const [, scheme, rest = ''] = /^(oci|oci-archive|docker-archive|docker|podman):(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'oci':
    case 'oci-archive':
    case 'docker-archive': {
      const colon = rest.indexOf(':');
      const tag = colon < 0 ? '' : rest.slice(colon + 1);
      return { kind: scheme, path: colon < 0 ? rest : rest.slice(0, colon), ...(tag === '' ? {} : { tag }) };
    }
    case 'docker':
      return rest.startsWith('//') ? { kind: 'registry', name: rest.slice(2) } : { kind: 'docker', name: rest };
    case 'podman':
      return { kind: 'podman', name: rest };
    default:
      return { kind: 'bare', path: text };
  }
}
