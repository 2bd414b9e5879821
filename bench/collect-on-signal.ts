/**
 * Preloaded into a gateway whose memory is measured (`--expose-gc --import`): SIGUSR2 collects garbage. The engines, which
 * inherit the environment, are left as they are.
 */
delete process.env['NODE_OPTIONS']
process.on('SIGUSR2', () => globalThis.gc?.())
