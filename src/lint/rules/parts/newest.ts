/** `Dockerfile-Newest`, `nightly/Dockerfile`: the newest is what the file is for. */
export const isNewestMeant = (path: string): boolean => /(?:^|[-_./])(?:newest|nightly|edge|live)(?:$|[-_./])/i.test(path);
