import manifest from '../package.json' with { type: 'json' };

/** Of package.json, where it stands once. */
export const { version } = manifest;
