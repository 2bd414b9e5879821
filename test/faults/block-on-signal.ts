/** Preloaded into a gateway (`--import`): SIGWINCH blocks its event loop for two seconds, as a slow plugin would. */
process.on('SIGWINCH', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
})
