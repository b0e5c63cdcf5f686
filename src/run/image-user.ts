import { flatten, type Image } from '../image/index.ts';
import { resolveUser, type ContainerUser } from './user.ts';

/** Whom an image's containers run as, by its own passwd and group. Throws UserError for a name that they do not have. */
export async function imageUser(image: Pick<Image, 'config' | 'layers'>): Promise<ContainerUser> {
  const user = (await image.config()).config?.User ?? '';
  if (/^\d+:\d+$/.test(user)) return resolveUser(user, '', '');
  const tree = await flatten(await image.layers());
  const read = async (path: string): Promise<string> => {
    const real = tree.resolve(path);
    return real === undefined ? '' : Buffer.from(await tree.read(real)).toString('utf8');
  };
  return resolveUser(user, await read('etc/passwd'), await read('etc/group'));
}
