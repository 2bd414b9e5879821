/** What a process that handles pixels needs of the environment, and nothing else: a configuration's passwords are often in it. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(NAMES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

const NAMES = ['PATH', 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'TZ', 'LANG', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP'] as const
