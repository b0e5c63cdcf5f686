// Every reader of this folder; a test compares this list with the folder.
export { pdmLock } from './pdm-lock.ts';
export { pipfile } from './pipfile.ts';
export { poetry } from './poetry.ts';
export { poetryLock } from './poetry-lock.ts';
export { pylock } from './pylock.ts';
export { pyproject } from './pyproject.ts';
export { pythonVersion } from './python-version.ts';
export { requirementsManifest } from './requirements.ts';
export { runtimeTxt } from './runtime-txt.ts';
export { scriptMetadata } from './script-metadata.ts';
export { setuptools } from './setuptools.ts';
export { toolSettings } from './tool-settings.ts';
export { toolVersions } from './tool-versions.ts';
export { unread } from './unread.ts';
export { uvLock } from './uv-lock.ts';
